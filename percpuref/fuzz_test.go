package percpuref

import (
	"testing"

	"hazptr/internal/interleave"
)

// FuzzKill has references taken, handed on and dropped, one at a time and many.
// Meanwhile the owner kills the Ref, resurrects it and makes it anew, and the
// mode changes. No reference is lost: release is called when the last one is
// dropped, and once for that. The fuzz tests of package hazptr tell what the
// bytes are.
func FuzzKill(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		w := &fuzzWorld{s: s}
		w.ref = New(w.release)
		if operations[0]&4 != 0 {
			// The other P has come later.
			w.ref.shards = w.ref.shards[:min(1, len(w.ref.shards))]
		}
		w.owned.Store(1)
		w.alive.Store(true)
		for i, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				u := &fuzzUser{fuzzWorld: w, owner: i == 0}
				for _, o := range operations {
					thread.Step()
					u.do(o)
				}
				for u.held > 0 {
					thread.Step()
					u.put()
				}
			})
		}
		s.Run()
		last := &fuzzUser{fuzzWorld: w, owner: true}
		if !w.ref.IsDying() {
			last.kill()
		}
		for w.handed.Load() > 0 {
			last.put()
		}
		if w.alive.Load() || !w.ref.IsZero() || w.references.Load() != 0 {
			t.Fatalf("in the end: alive %t, zero %t, references %d", w.alive.Load(), w.ref.IsZero(), w.references.Load())
		}
	})
}
