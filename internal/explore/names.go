package explore

import (
	"fmt"
	"strconv"
)

// names are what stories call addresses.
type names struct {
	given   map[uintptr]string
	unnamed int
	settled bool // Setup's names are of no use: no story is told
}

func newNames() *names { return &names{given: make(map[uintptr]string)} }

// Name names an address, or the object that it is the address of, in stories.
// Setup may call it. The name is formatted as by fmt.Sprintf.
func (s *Scenario) Name(addr uintptr, format string, args ...any) {
	if s.names == nil {
		s.names = newNames()
	}
	if !s.names.settled {
		s.names.given[addr] = fmt.Sprintf(format, args...)
	}
}

// of returns the name of an address or a value. An address without one is
// numbered when it first comes up.
func (n *names) of(value uintptr) string {
	switch name := n.given[value]; {
	case name != "":
		return name
	case value < 1<<16:
		return strconv.Itoa(int(value))
	}
	n.unnamed++
	name := fmt.Sprintf("#%d", n.unnamed)
	n.given[value] = name
	return name
}
