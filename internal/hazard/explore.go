//go:build hazptr_explore

package hazard

import (
	"unsafe"

	"hazptr/internal/perproc"
)

// Renew forgets what an execution that has failed may have left.
func Renew() {
	watches.of = map[*Slot]*Watch{}
	segments := holders.segments.Load()
	if segments == nil {
		return
	}
	for _, seg := range *segments {
		for i := range seg.slots {
			seg.slots[i].Slot = Slot{silent: true}
		}
	}
}

// Loud has a Holder's slot waited for without looks now and then, so that a
// notification that is lost is seen.
func Loud(slot *Slot) { slot.silent = false }

// RenewGuards has the scenarios of Guards begin with a table of their own,
// whose segments have one group, and names what is in it.
func RenewGuards(name func(at uintptr, format string, args ...any)) {
	Renew()
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
