package live

import (
	"hazptr"
	"hazptr/internal/caller"
)

// A Lease is a use of a value that outlives a call: a stream, a transaction, a
// session.
//
//	l, err := v.Acquire()
//	if err != nil {
//		return err
//	}
//	defer l.Release()
//	serve(l.Value())
//
// Exactly one copy of a Lease must be released, by any goroutine; a value whose
// Lease is forgotten is never closed, which is logged after Options.Warn. A
// Lease must not be used by two goroutines at once.
type Lease[T any] struct {
	guard hazptr.Guard[generation[T]]
	users *users
	user  *user
}

// Acquire begins a use of the present value, which is not closed until the
// Lease is released. If the Value is closed it returns an [Error].
func (v *Value[T]) Acquire() (Lease[T], error) {
	l := Lease[T]{guard: hazptr.Acquire(&v.generations.present)}
	switch now := l.guard.Ptr(); {
	case now == nil:
		return Lease[T]{}, v.none("Acquire")
	case v.users != nil:
		l.users, l.user = v.users, v.users.enter(now.number, 0)
	}
	return l, nil
}

// Value returns the value. It panics after Release, and for the zero Lease.
func (l *Lease[T]) Value() T {
	now := l.guard.Ptr()
	if now == nil {
		panic(caller.Of() + " that was released or not acquired")
	}
	return now.value
}

// Release ends the use. Again on the same variable, and on the zero Lease, it
// does nothing; on another copy of a Lease that was released it panics.
func (l *Lease[T]) Release() {
	l.guard.Release()
	if l.user != nil {
		l.users.leave(l.user)
		l.user = nil
	}
}
