package hazptr

import (
	"testing"

	"hazptr/internal/interleave"
	"hazptr/internal/yield"
)

// FuzzWakeUp has some goroutines retire, or wait in Flush, and the others be the scanners that are started for that: each makes passes until it falls asleep or
// rests. Nothing may be left in a queue for which nobody is awake; no Flush waits for ever.
func FuzzWakeUp(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		s, threads := fuzzThreads(t, operations, schedule)
		c := Config{Workers: 1, FlushInterval: 1, ReclaimInline: operations[0]&4 != 0}
		if operations[0]&8 != 0 && yield.Enabled { // or whoever waits for room does so in real time
			c.MaxPending = 4
		}
		w := &fuzzWorld{s: s, d: fuzzDomain(c)}
		w.d.state.Store(asleep)
		w.sources[0].Store(new(interleave.Subject))
		// What Retire starts is goroutines that only say so; one of the Threads is the scanner then.
		scanners := &fuzzScanners{fuzzWorld: w}
		w.d.scanner.loop = func() { scanners.due.Add(1) }
		w.d.scanner.next = w.d.scanner.loop
		for _, operations := range threads {
			scanners.busy.Add(1)
			scanners.free.Add(1)
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzRetirer{fuzzWorld: w, thread: thread, scanners: scanners}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				r.releaseAll(thread)
				scanners.serve(thread)
			})
		}
		s.Run()
		for w.d.state.Load() == awake && scanners.started() {
			scanners.run(nil)
		}
		if n := w.d.pending(); n != 0 || w.d.state.Load() != asleep {
			t.Fatalf("nobody is awake, the state is %d, and %d objects are pending", w.d.state.Load(), n)
		}
		w.allEnded(t)
		fuzzSettle(t, w.d)
	})
}
