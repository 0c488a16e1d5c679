package reclaim

import (
	"unsafe"

	"hazptr/internal/interleave"
)

// A fuzzProducer is one goroutine of FuzzQueue, which is the scanner and a
// worker at times.
type fuzzProducer struct {
	*fuzzWorld
	thread *interleave.Thread
}

func (r *fuzzProducer) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1:
		r.retire(new(interleave.Subject))
	case 2, 3:
		// It may be protected.
		r.retire(r.Sources[o.Object].Swap(new(interleave.Subject)))
	case 4, 5:
		r.Acquire(r.thread, o.Object)
	case 6, 7:
		r.Release(o.Object)
	case 8:
		// A chunk, of which some are protected.
		for i := range chunkLen {
			if i%3 == 1 {
				r.Acquire(r.thread, o.Object)
				r.retire(r.Sources[o.Object].Swap(new(interleave.Subject)))
			} else {
				r.retire(new(interleave.Subject))
			}
		}
	case 9:
		r.thread.Whole(func() {
			for range chunkLen / 2 * (1 + o.Object) {
				r.retire(new(interleave.Subject))
			}
		})
	case 10, 11, 12:
		r.d.pass.run()
	case 13:
		r.d.pass.glance()
	case 14:
		r.d.ledger.hire(false).work()
	case 15:
		r.inspect()
	}
}

func (r *fuzzProducer) retire(p *interleave.Subject) {
	r.Note(p)
	RetireIn(r.d, p, 0, r.End)
}

// inspect looks at the chunks that are to be used again.
func (r *fuzzProducer) inspect() {
	pool := &r.d.chunks
	pool.recycling.Lock()
	defer pool.recycling.Unlock()
	for c := pool.free; c != nil; c = c.next.Load() {
		if c.objects != [chunkLen]unsafe.Pointer{} || c.endings != [chunkLen]ending{} || c.left != 0 {
			r.S.Errorf("a chunk in the pool is not zero, %d entries are left", c.left)
		}
	}
}
