// Package machine describes where figures were measured.
package machine

import "runtime"

// A Machine is what figures depend on.
type Machine struct {
	Go, OS, Arch string
	CPU          string // the processor's model, as the system calls it
	Cores        int    // how many goroutines can really run at once
}

// This returns the machine the program runs on.
func This() Machine {
	m := Machine{
		Go:    runtime.Version(),
		OS:    runtime.GOOS,
		Arch:  runtime.GOARCH,
		CPU:   model(),
		Cores: min(runtime.NumCPU(), runtime.GOMAXPROCS(0)),
	}
	if m.CPU == "" {
		m.CPU = "unknown " + m.Arch
	}
	return m
}
