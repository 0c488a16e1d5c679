//go:build hazptr_explore

package hazard

import (
	"unsafe"

	"hazptr/internal/perproc"
)

// RenewGuards has the scenarios of Guards begin with a table of their own,
// whose segments have one group, and names what is in it.
func RenewGuards(name func(at uintptr, format string, args ...any)) {
	guards.banks = perproc.NewLocal[guardBank]()
	number := 0
	for bank := range guards.banks.All() {
		seg := &guardSegment{groups: make([]guardGroup, 1)}
		bank.newest.Store(seg)
		group := &seg.groups[0]
		name(uintptr(unsafe.Pointer(&bank.newest)), "bank%d.newest", number)
		name(uintptr(unsafe.Pointer(&bank.mu)), "bank%d.mu", number)
		name(uintptr(unsafe.Pointer(&group.state)), "group%d.state", number)
		for i := range group.slots {
			name(uintptr(unsafe.Pointer(&group.slots[i].Hazard)), "group%d.slot%d", number, i)
		}
		number++
	}
}
