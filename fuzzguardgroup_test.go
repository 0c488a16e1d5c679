package hazptr

import (
	"sync/atomic"
	"testing"

	"hazptr/internal/interleave"
)

// FuzzGuardGroup acquires Guards and releases them from anywhere, some by the dozen, so that slots, groups and segments are taken and given back, while looks of several goroutines
// close groups. A look finds every object that was unlinked before and is protected all the while. In the end all groups can be closed.
func FuzzGuardGroup(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		s, threads := fuzzThreads(t, operations, schedule)
		w := &fuzzWorld{s: s}
		for i := range w.sources {
			w.sources[i].Store(new(interleave.Subject))
		}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzLooker{fuzzWorld: w, thread: thread}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.releaseAll(thread)
			})
		}
		s.Run()
		var l look
		for range 2 {
			l.ask(0)
			guards.look(&l)
		}
		if l.slots != 0 || l.inUse != 0 {
			t.Fatalf("after all Guards were released and all groups looked at, %d slots are looked at, %d in use", l.slots, l.inUse)
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
