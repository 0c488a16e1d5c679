package mapped

import "hazptr/live"

// A View is a use of a file that outlives a call: a response that is being
// sent, an iterator, a transaction.
//
//	v, err := words.Acquire()
//	if err != nil {
//		return err
//	}
//	defer v.Release()
//	serve(v.Value())
//
// A fault in its bytes is not caught; it ends the program, unless
// debug.SetPanicOnFault is set. Exactly one copy of a View must be released, by
// any goroutine; the mapping of a View that is forgotten never ends, which is
// logged after Options.Warn. A View must not be used by two goroutines at once.
type View[T any] struct {
	lease live.Lease[*mapping[T]]
	from  *Parsed[T]
	own   *mapping[T] // with Options.PrivateViews
}

// Acquire begins a use of the present mapping, which does not end until the
// View is released. If p is closed it returns a [live.Error].
func (p *Parsed[T]) Acquire() (View[T], error) {
	p.mustBeMade("Acquire")
	lease, err := p.value.Acquire()
	if err != nil || !p.watched {
		return View[T]{lease: lease}, err
	}
	m, began := lease.Value(), newPlace()
	m.last.Store(began)
	if !p.private {
		return View[T]{lease: lease}, nil
	}
	var own *mapping[T]
	defer func() {
		if own == nil { // also when parse panics
			lease.Release()
		}
	}()
	if own, err = p.again(m, began); err != nil {
		own = nil
		return View[T]{}, err
	}
	return View[T]{lease: lease, from: p, own: own}, nil
}

// Value returns what parse has returned, or a File's bytes. Neither it nor a
// part of it may be kept beyond Release. It panics after Release, and for the
// zero View.
func (v *View[T]) Value() T {
	m := v.lease.Value()
	if v.own != nil {
		m = v.own
	}
	return m.value
}

// Release ends the use. Again on the same variable, and on the zero View, it
// does nothing; on another copy of a View that was released it panics.
func (v *View[T]) Release() {
	own := v.own
	v.own = nil // the lease may panic
	v.lease.Release()
	if own != nil {
		v.from.discard(own)
	}
}
