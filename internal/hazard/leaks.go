package hazard

import (
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/fence"
)

// leakedSlots deals with the slots of Holders that were collected without
// Close. It does so a batch at a time, with one fence for each batch: the
// collector finds thousands at once.
type leakedSlots struct {
	mu      sync.Mutex
	waiting []*Slot

	count, protecting int64 // slots dealt with, and those of them that protect
	fences            int64
}

// leakDelay is how long the first slot of a batch waits for others.
const leakDelay = time.Millisecond

func (l *leakedSlots) add(slot *Slot) {
	if check.Enabled {
		check.HolderLeaked(&slot.Hazard)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		time.AfterFunc(leakDelay, l.settle)
	}
	l.waiting = append(l.waiting, slot)
}

// settle deals with the slots that wait. The Holder of a slot can publish in it
// no more, but the object that the slot holds may still be in use: the
// Holder is dead after its last Protect, the pointer that Protect returned is
// not. So only an empty slot is closed; one that holds an address protects on.
//
// A slot that is closed here is not opened again. The Holder's last Clear may
// have been held up between two instructions, where it needs the Holder no
// more: it is still to store zero. One that stores it after the look is counted
// as protecting, and its slot stays open.
func (l *leakedSlots) settle() {
	l.mu.Lock()
	slots := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	// The Holders' last stores must be visible. The collector has stopped their
	// goroutines since, but does not promise that.
	fence.Heavy()
	protecting := int64(0)
	for _, slot := range slots {
		if atomic.LoadUintptr(&slot.Hazard) != 0 {
			protecting++
			continue
		}
		holders.close(slot, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fences++
	l.count += int64(len(slots))
	l.protecting += protecting
}

// stats returns how many Holders were leaked, and how many of them protect.
func (l *leakedSlots) stats() (leaked, protecting int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, l.protecting
}
