package hazptr

import (
	"testing"

	"hazptr/internal/interleave"
	"hazptr/internal/yield"
)

// FuzzQueue retires by ones and by many, so that chunks are filled, between passes that keep what is protected in their midst, and workers, two at a time and more. Each object
// is reclaimed once; a chunk that is used again has nothing left in it.
func FuzzQueue(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		s, threads := fuzzThreads(t, operations, schedule)
		c := Config{Workers: 1}
		if operations[0]&4 != 0 {
			c.MaxPending = 64                                        // less than a chunk, so that the producer makes room by bits
			c.ReclaimInline = operations[0]&8 != 0 || !yield.Enabled // or whoever waits for room does so in real time
		}
		w := &fuzzWorld{s: s, d: fuzzDomain(c)}
		for i := range w.sources {
			w.sources[i].Store(new(interleave.Subject))
		}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzProducer{fuzzWorld: w, thread: thread}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.releaseAll(thread)
			})
		}
		s.Run()
		fuzzSettle(t, w.d)
		w.allEnded(t)
	})
}
