package hazptr

import (
	"testing"

	"hazptr/internal/interleave"
)

// FuzzProtect has Holders and Guards protect objects of a few sources, which are replaced and retired, or synchronized on, between passes of a scanner and the work of workers.
// No object may be reclaimed while it is protected; each is, once.
func FuzzProtect(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		s, threads := fuzzThreads(t, operations, schedule)
		c := Config{Workers: 1}
		if operations[0]&4 != 0 {
			c.ReclaimInline, c.MaxPending, c.MaxPendingBytes = true, 4, 4
		}
		inUse := hazardsInUse() // by what other tests have forgotten
		w := &fuzzWorld{s: s, d: fuzzDomain(c)}
		for i := range w.sources {
			w.sources[i].Store(new(interleave.Subject))
		}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzReader{fuzzWorld: w, thread: thread, holder: NewHolder[interleave.Subject]()}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.letGo()
				r.holder.Close()
			})
		}
		s.Run()
		fuzzSettle(t, w.d)
		w.allEnded(t)
		if n := hazardsInUse() - inUse; n != 0 {
			t.Fatalf("%d hazard pointers are in use in the end", n)
		}
	})
}

// hazardsInUse returns how many slots hold something.
func hazardsInUse() int {
	var l look
	l.ask(0)
	l.all()
	return l.inUse
}
