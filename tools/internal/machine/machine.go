// Package machine describes where figures were measured.
package machine

import (
	"cmp"
	"fmt"
	"runtime"

	"hazptr"
)

// A Machine is what figures depend on. The names in its JSON are what programs
// rely on.
type Machine struct {
	Go    string `json:"go"`
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	CPU   string `json:"cpu"`   // the processor's model, as the system calls it
	Cores int    `json:"cores"` // how many goroutines can really run at once
	Fence string `json:"fence"` // hazptr's heavy one
}

// This returns the machine the program runs on.
func This() Machine {
	return Machine{
		Go:    runtime.Version(),
		OS:    runtime.GOOS,
		Arch:  runtime.GOARCH,
		CPU:   cmp.Or(model(), "unknown "+runtime.GOARCH),
		Cores: min(runtime.NumCPU(), runtime.GOMAXPROCS(0)),
		Fence: hazptr.Default().Stats().Fence,
	}
}

// Describe returns Go's version, the system and the processor.
func (m *Machine) Describe() string {
	return fmt.Sprintf("%s, %s/%s, %s", m.Go, m.OS, m.Arch, m.CPU)
}
