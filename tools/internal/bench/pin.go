package bench

import (
	"fmt"
	"strings"
)

// Pin says which readers are pinned to CPUs, one after the other and round again. All are locked to threads.
type Pin int

const (
	// PinOwn pins the readers of an experiment if each has a CPU of its own. With more readers than CPUs Go runs GOMAXPROCS of them at a time, whichever
	// comes next; if two of those were pinned to the same CPU, another would be idle.
	PinOwn Pin = iota
	PinAlways
	PinNever
)

var pinNames = []string{"own", "always", "never"}

// ParsePin returns the Pin of that name.
func ParsePin(name string) (Pin, error) {
	for i, n := range pinNames {
		if n == name {
			return Pin(i), nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", name, strings.Join(pinNames, ", "))
}

func (p Pin) String() string { return pinNames[p] }

// pins reports whether readers are pinned when cores can run at once.
func (p Pin) pins(readers, cores int) bool {
	return p == PinAlways || p == PinOwn && readers <= cores
}
