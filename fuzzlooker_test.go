package hazptr

import (
	"slices"
	"unsafe"

	"hazptr/internal/interleave"
)

// A fuzzLooker is one goroutine of FuzzGuardGroup.
type fuzzLooker struct {
	*fuzzWorld
	thread *interleave.Thread
	look   look
}

// dozens is how many Guards a burst has: half a group, so that it stays half free, and more than half of the first segment.
const dozens = groupLen/2 + 5

func (r *fuzzLooker) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2, 3:
		r.acquire(r.thread, o.Object)
	case 4, 5, 6:
		r.release(o.Object)
	case 7:
		r.thread.Whole(func() {
			for range dozens {
				r.acquire(r.thread, o.Object)
			}
		})
	case 8:
		r.thread.Whole(func() { r.releaseAll(nil) })
	case 9:
		r.releaseAll(nil)
	case 10, 11, 12, 13:
		r.note(r.sources[o.Object].Swap(new(interleave.Subject)))
		r.find()
	case 14, 15:
		r.find()
	}
}

// find looks at all slots of Guards. What was unlinked before is validly protected by no more of them then, so what is protected at the end was so all the time.
func (r *fuzzLooker) find() {
	unlinked := r.unlinkedYet()
	r.look.ask(0)
	guards.look(&r.look)
	for _, p := range unlinked {
		if p.Users() > 0 && !slices.ContainsFunc(r.look.found, func(h hazard) bool { return h.address == uintptr(unsafe.Pointer(p)) }) {
			r.s.Errorf("a look does not find an object that %d Guards protect", p.Users())
		}
	}
}
