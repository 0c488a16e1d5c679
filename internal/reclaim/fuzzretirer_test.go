package reclaim

import (
	"context"

	"hazptr/internal/interleave"
)

// A fuzzRetirer is one goroutine of FuzzWakeUp.
type fuzzRetirer struct {
	*fuzzWorld
	thread   *interleave.Thread
	scanners *fuzzScanners
	mine     []*interleave.Subject // that it has retired
}

func (r *fuzzRetirer) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2, 3, 4:
		p := new(interleave.Subject)
		r.Note(p)
		r.mine = append(r.mine, p)
		RetireIn(r.d, p, 0, r.End)
	case 5:
		// It may be protected.
		p := r.Sources[o.Object].Swap(new(interleave.Subject))
		r.Note(p)
		RetireIn(r.d, p, 0, r.End)
	case 6:
		r.Acquire(r.thread, o.Object)
	case 7:
		r.Release(o.Object)
	case 8:
		r.flush()
	default:
		r.scanners.run(r.thread)
	}
}

// flush waits for what it has retired, unless no goroutine would be left to be
// a scanner.
func (r *fuzzRetirer) flush() {
	defer r.scanners.free.Add(1)
	if r.scanners.free.Add(-1) == 0 {
		return
	}
	if err := r.d.Flush(context.Background()); err != nil {
		r.S.Errorf("Flush: %v", err)
	}
	for _, p := range r.mine {
		if p.Ended() == 0 {
			r.S.Errorf("an object that nothing protects is pending after Flush")
		}
	}
}
