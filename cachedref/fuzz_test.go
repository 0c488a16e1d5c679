package cachedref

import (
	"testing"

	"hazptr/internal/interleave"
)

// FuzzKill has references taken through caches, handed on, and dropped in a
// cache or without, while objects are replaced and killed. An object ends once,
// when it has no reference left and no cache has it any more. A cache whose Ref
// was killed notices. The fuzz tests of package hazptr tell what the bytes are.
func FuzzKill(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		w := &fuzzWorld{s: s}
		for i := range w.sources {
			w.sources[i].Store(w.make())
		}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				u := &fuzzUser{fuzzWorld: w, cache: NewCache[interleave.Subject]()}
				for _, o := range operations {
					thread.Step()
					u.do(o)
				}
				thread.Step()
				u.close()
			})
		}
		s.Run()
		for i := range w.sources {
			w.replace(i, nil)
		}
		for _, r := range w.all {
			if n := r.subject.Ended(); n != 1 {
				t.Fatalf("an object has ended %d times", n)
			}
		}
	})
}
