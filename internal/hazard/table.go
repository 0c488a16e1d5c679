// Package hazard has the hazard pointers of the process: the slots that Holders
// and Guards publish in, and the looks at them. There is one set of slots,
// whatever the domain that an object is retired in, so that no reader can
// protect in the wrong place.
package hazard

import "hazptr/internal/perproc"

var (
	holders holderSlots
	guards  = guardSlots{banks: perproc.NewLocal[guardBank]()}
	leaks   leakedSlots
)

// Opened returns how many Holders are open.
func Opened() int { return holders.opened() }

// Held returns how many Guards are held. It looks at the slots of groups in
// which some are in use.
func Held() int { return guards.held() }

// Leaked returns how many Holders were garbage-collected without Close, and how
// many of these protect something, for ever.
func Leaked() (leaked, protecting int64) { return leaks.stats() }

// Open opens a slot for a Holder. When the Lease becomes unreachable without
// Close the slot counts as leaked.
func Open() *Lease {
	lease := holders.open()
	if Tracing() {
		traces.holder(lease.Slot)
	}
	return lease
}

// Close gives back a Holder's slot, which must be zero. The Lease must not be
// used any more.
func Close(lease *Lease) {
	if Tracing() {
		traces.forget(lease.Slot)
	}
	holders.close(lease.Slot, lease)
}
