package gate

import (
	"testing"

	"hazptr/internal/interleave"
)

// FuzzFreeze has users enter and leave, by whomever, while owners freeze and thaw, some at the same time, and the gate is killed. Who has frozen it has it to himself and
// other owners; nobody waits for ever. The fuzz tests of package hazptr tell what the bytes are.
func FuzzFreeze(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		w := &fuzzWorld{s: s, gate: New()}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				u := &fuzzUser{fuzzWorld: w, thread: thread}
				for _, o := range operations {
					thread.Step()
					u.do(o)
				}
				thread.Step()
				u.exitAll()
			})
		}
		s.Run()
		if w.inside.Load() != 0 || w.gate.frozen != 0 || w.gate.freezes != 0 {
			t.Fatalf("in the end: %d inside, %d freezes, %d begun", w.inside.Load(), w.gate.frozen, w.gate.freezes)
		}
		p, open := w.gate.TryEnter()
		p.Exit()
		if open == w.gate.dying {
			t.Fatalf("in the end: dying %t, open %t", w.gate.dying, open)
		}
	})
}
