package hazard

import (
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"hazptr/internal/interleave"
)

func protect(src *atomic.Pointer[interleave.Subject]) (p *interleave.Subject, release func()) {
	g := acquire(src)
	return g.p, g.release
}

// FuzzGuardGroup acquires Guards and releases them from anywhere, some by the
// dozen, so that slots, groups and segments are taken and given back, while
// looks of several goroutines close groups. A look finds every object that was
// unlinked before and is protected all the while. In the end all groups can be
// closed.
func FuzzGuardGroup(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		w := interleave.NewWorld(s, protect)
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzLooker{World: w, thread: thread}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.ReleaseAll(thread)
			})
		}
		s.Run()
		var l Look
		for range 2 {
			l.Ask(0)
			guards.look(&l)
		}
		if l.Slots != 0 || l.InUse != 0 {
			t.Fatalf("after all Guards were released and all groups looked at, %d slots are looked at, %d in use", l.Slots, l.InUse)
		}
		for bank := range guards.banks.All() {
			for seg := bank.newest.Load(); seg != nil; seg = seg.older {
				for i := range seg.groups {
					if g := &seg.groups[i]; atomic.LoadUint32(&g.state) != groupClosed || g.taken() != 0 {
						t.Fatalf("a group's state is %d, %d of its slots are taken", g.state, g.taken())
					}
				}
			}
		}
	})
}

// A fuzzLooker is one goroutine of FuzzGuardGroup.
type fuzzLooker struct {
	*interleave.World
	thread *interleave.Thread
	look   Look
}

// dozens is how many Guards a burst has: half a group, so that it stays half
// free, and more than half of the first segment.
const dozens = groupLen/2 + 5

func (r *fuzzLooker) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2, 3:
		r.Acquire(r.thread, o.Object)
	case 4, 5, 6:
		r.Release(o.Object)
	case 7:
		r.thread.Whole(func() {
			for range dozens {
				r.Acquire(r.thread, o.Object)
			}
		})
	case 8:
		r.thread.Whole(func() { r.ReleaseAll(nil) })
	case 9:
		r.ReleaseAll(nil)
	case 10, 11, 12, 13:
		r.Note(r.Sources[o.Object].Swap(new(interleave.Subject)))
		r.find()
	case 14, 15:
		r.find()
	}
}

// find looks at all slots of Guards. What was unlinked before is validly
// protected by no more of them then, so what is protected at the end was so all
// the time.
func (r *fuzzLooker) find() {
	unlinked := r.Unlinked()
	r.look.Ask(0)
	guards.look(&r.look)
	for _, p := range unlinked {
		if p.Users() > 0 && !slices.ContainsFunc(r.look.found, func(h found) bool { return h.address == uintptr(unsafe.Pointer(p)) }) {
			r.S.Errorf("a look does not find an object that %d Guards protect", p.Users())
		}
	}
}
