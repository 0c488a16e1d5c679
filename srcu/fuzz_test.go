package srcu

import (
	"testing"

	"hazptr/internal/interleave"
)

// FuzzGracePeriod has sections that load objects against grace periods, after which the objects that were replaced before end: of Synchronize, also of several at a time, and
// of those that Poll tells of. The fuzz tests of package hazptr tell what the bytes are.
func FuzzGracePeriod(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		w := &fuzzWorld{s: s, d: New()}
		for i := range w.sources {
			w.sources[i].Store(new(interleave.Subject))
		}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				u := newFuzzUser(w, thread)
				for _, o := range operations {
					thread.Step()
					u.do(o)
				}
				thread.Step()
				u.close()
			})
		}
		s.Run()
		if n := w.d.readers.Inside(); n != 0 {
			t.Fatalf("%d are inside in the end", n)
		}
	})
}
