package hazptr

import (
	"context"

	"hazptr/internal/interleave"
)

// A fuzzReader is one goroutine of FuzzProtect, which is an updater, a scanner and a worker at times.
type fuzzReader struct {
	*fuzzWorld
	thread *interleave.Thread
	holder *Holder[interleave.Subject]
	held   *interleave.Subject // what the Holder protects
}

func (r *fuzzReader) do(o interleave.Operation) {
	src := &r.sources[o.Object]
	switch o.Kind {
	case 0, 1:
		r.drop()
		r.hold(r.holder.Protect(src))
	case 2:
		p := src.Load()
		r.drop()
		r.thread.Step()
		if r.holder.TryProtect(p, src) {
			r.hold(p)
		}
	case 3:
		p := src.Load()
		r.drop()
		r.holder.Set(p)
		r.thread.Step()
		if src.Load() == p {
			r.hold(p)
		} else {
			r.holder.Clear()
		}
	case 4:
		r.drop()
		r.holder.Clear()
	case 5, 6:
		r.acquire(r.thread, o.Object)
	case 7:
		r.release(o.Object)
	case 8, 9:
		r.retire(src.Swap(new(interleave.Subject)))
	case 10:
		r.synchronize(src.Swap(new(interleave.Subject)))
	case 11:
		r.d.scanner.passing.Lock()
		r.d.scanner.pass(false)
		r.d.scanner.passing.Unlock()
	case 12:
		r.d.reclaim()
	case 13:
		r.drop()
		r.holder.Close()
		r.holder = NewHolder[interleave.Subject]()
	case 14:
		r.d.scanner.linger(0)
	case 15:
		r.retire(src.Swap(nil))
	}
}

// hold takes note of what the Holder protects now.
func (r *fuzzReader) hold(p *interleave.Subject) {
	if p != nil {
		p.Use(r.s)
	}
	r.held = p
}

// drop takes note that the Holder is about to protect something else, or nothing.
func (r *fuzzReader) drop() {
	if r.held != nil {
		r.held.Drop(r.s)
	}
	r.held = nil
}

func (r *fuzzReader) retire(p *interleave.Subject) {
	if p != nil {
		r.note(p)
		RetireIn(r.d, p, 1, r.end)
	}
}

// synchronize ends p, which is unlinked, as its owner. Whoever does so has nothing protected, so that none wait for one another.
func (r *fuzzReader) synchronize(p *interleave.Subject) {
	if p == nil {
		return
	}
	r.letGo()
	r.note(p)
	if err := Synchronize(context.Background(), p); err != nil {
		r.s.Errorf("Synchronize: %v", err)
	}
	p.End(r.s)
}

func (r *fuzzReader) letGo() {
	r.drop()
	r.holder.Clear()
	r.releaseAll(r.thread)
}
