//go:build hazptr_explore

package hazard

import (
	"fmt"
	"testing"
	"unsafe"

	"hazptr/internal/explore/scenario"
	"hazptr/internal/fence"
)

// A world has Guards of a table of its own, whose segments have one group.
type world struct{ *scenario.World }

func newWorld() world {
	w := world{scenario.NewWorld()}
	w.Setup = w.reset
	return w
}

func (w world) reset() {
	w.Reset()
	w.Name(scenario.Address(&guards.closing), "guards.closing")
	w.Name(scenario.Address(&holders.segments), "holders.segments")
	w.Name(scenario.Address(&synchronizing.mu), "synchronizing.mu")
	RenewGuards(w.Name)
}

// read is what a Guard's Acquire, Ptr and Release come to.
func (w world) read(source int) {
	p, slot, _ := Acquire((*unsafe.Pointer)(unsafe.Pointer(&w.Sources[source])))
	(*scenario.Object)(p).Use()
	if slot.End() {
		slot.Ended()
	}
}

func (w world) replace(source, with int) {
	w.Replace(source, with, func(old *scenario.Object) error {
		Wait(nil, unsafe.Pointer(old))
		return nil
	})
}

// A reader takes two Guards, of which the first is held while the second one
// goes to a new segment: all slots of the old one are taken but one.
func TestExploreGuardsGrow(t *testing.T) {
	w := newWorld()
	w.Setup = func() {
		w.reset()
		seg := guards.banks.Of(0).newest.Load()
		for i := range seg.groups[0].slots[1:] {
			seg.groups[0].slots[1+i].Hazard = scenario.Address(w.Objects[7])
		}
		seg.groups[0].state = groupOpen
	}
	w.Threads = []func(){
		func() {
			p, slot, _ := Acquire((*unsafe.Pointer)(unsafe.Pointer(&w.Sources[0])))
			w.read(1)
			(*scenario.Object)(p).Use()
			if slot.End() {
				slot.Ended()
			}
		},
		func() {
			w.replace(0, 2)
			w.replace(1, 3)
		},
	}
	scenario.Run(t, "a reader of two objects, a full segment", w.Scenario)
}

// Two looks at once, of an updater and of a pass, both of which would close the
// group that the reader claims a slot of. With a look before the update, the
// group is open at first.
func TestExploreTwoLooks(t *testing.T) {
	look := func() {
		fence.Heavy()
		var l Look
		l.Ask(0)
		l.All()
	}
	for _, c := range []struct{ reads, before, updates, looks int }{{1, 0, 1, 1}, {1, 1, 1, 1}, {1, 0, 1, 2}, {2, 0, 1, 1}, {1, 0, 2, 1}} {
		w := newWorld()
		w.Setup = func() {
			w.reset()
			guards.banks.Of(0).newest.Load().groups[0].state = uint32(min(c.before, groupOpen))
		}
		w.Threads = []func(){
			func() {
				for range c.reads {
					w.read(0)
				}
			},
			func() {
				for range c.before {
					look()
				}
				for i := range c.updates {
					w.replace(0, 2+i)
				}
			},
			func() {
				for range c.looks {
					look()
				}
			},
		}
		name := fmt.Sprintf("%s, %s, %s beside", scenario.Count(c.reads, "read"), scenario.Count(c.updates, "update"), scenario.Count(c.looks, "look"))
		if c.before > 0 {
			name += fmt.Sprintf(", %s before", scenario.Count(c.before, "look"))
		}
		scenario.Run(t, name, w.Scenario)
	}
}

// A Watch is taken back while another one of the same slot is added.
func TestExploreWatches(t *testing.T) {
	w := newWorld()
	var slot *GuardSlot
	var earlier *Watch
	w.Setup = func() {
		w.reset()
		p, claimed, _ := Acquire((*unsafe.Pointer)(unsafe.Pointer(&w.Sources[0])))
		slot = claimed
		earlier = &Watch{Slot: &slot.Slot, Address: uintptr(p) + 1, By: deaf{}}
		Add([]*Watch{earlier})
	}
	w.Threads = []func(){
		func() {
			w.Objects[0].Use()
			if slot.End() {
				slot.Ended()
			}
		},
		func() { w.replace(0, 2) },
		func() { Remove([]*Watch{earlier}) },
	}
	scenario.Run(t, "one that is taken back", w.Scenario)
}

// deaf is a Watcher that takes no note.
type deaf struct{}

func (deaf) Left(*Watch) {}
func (deaf) Serve(bool)  {}
