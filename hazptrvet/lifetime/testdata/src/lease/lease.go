package lease

import (
	"errors"
	"log"
	"testing"

	"hazptr/live"
	"hazptr/mapped"
)

type database struct{ name string }

var (
	current *live.Value[*database]
	file    *mapped.File
)

func use(*database) {}

func never() (string, error) {
	l, err := current.Acquire() // want `this Lease is never released: its value is never closed; write defer l.Release\(\) after it`
	if err != nil {
		return "", err
	}
	return l.Value().name, nil
}

func neverView() (int, error) {
	v, err := file.Acquire() // want `this View is never released: its mapping stays for ever; write defer v.Release\(\) after it`
	if err != nil {
		return 0, err
	}
	return len(v.Value()), nil
}

func dropped() {
	current.Acquire()                         // want `this Lease is never released: .*; write l, err := ...; defer l.Release\(\)`
	if _, err := file.Acquire(); err == nil { // want `this View is never released`
		log.Print("there is a file")
	}
}

func printed() {
	_, err := current.Acquire() // want `this Lease is never released`
	log.Print(err)
}

func withoutError() string {
	l, _ := current.Acquire() // want `this Lease is never released`
	return l.Value().name
}

func onePath(fail bool) error {
	l, err := current.Acquire() // want `this Lease is not released on the path that ends at line 61`
	if err != nil {
		return err
	}
	use(l.Value())
	if fail {
		return errors.New("failed")
	}
	l.Release()
	return nil
}

func whereThereIsNoError() (err error) {
	l, err := current.Acquire() // want `this Lease is never released`
	if err == nil {
		use(l.Value())
	} else {
		l.Release()
	}
	return err
}

func inLoop(n int) error {
	for range n {
		v, err := file.Acquire() // want `the loop comes back to this Acquire before the last View was released`
		if err != nil {
			return err
		}
		if len(v.Value()) == 0 {
			continue
		}
		v.Release()
	}
	return nil
}

func overwritten() error {
	l, err := current.Acquire()
	if err != nil {
		return err
	}
	defer l.Release()
	use(l.Value())
	l, err = current.Acquire() // want `this puts something else over the Lease that was acquired at line 92 and is not released: its value is never closed; release it before, or use another variable`
	if err != nil {
		return err
	}
	use(l.Value())
	return nil
}

type session struct {
	lease live.Lease[*database]
	view  mapped.View[[]byte]
}

func (s *session) overwrittenField() (err error) {
	if s.lease, err = current.Acquire(); err != nil {
		return err
	}
	use(s.lease.Value())
	s.lease, err = current.Acquire() // want `this puts something else over the Lease`
	return err
}

func twoCopies() {
	l, err := current.Acquire()
	if err != nil {
		return
	}
	m := l
	l.Release()
	m.Release() // want `this releases a copy of the Lease that was released at line 126, which panics; release one copy only`
}

func twoCopiesDeferred() {
	v, err := file.Acquire()
	if err != nil {
		return
	}
	defer v.Release() // want `this releases a copy of the View that was released at line 137`
	w := v
	w.Release()
}

func usedAfter() {
	l, err := current.Acquire()
	if err != nil {
		return
	}
	l.Release()
	use(l.Value()) // want `the Lease was released at line 145: its Value panics then, or returns what may have ended; use it before, or release it later`
}

func copyUsedAfter(early bool) {
	v, err := file.Acquire()
	if err != nil {
		return
	}
	w := v
	if early {
		v.Release()
	}
	log.Print(len(w.Value())) // want `the View was released at line 156`
	v.Release()
}

func generic[T any](v *live.Value[T], to func(T)) error {
	l, err := v.Acquire() // want `never released`
	if err != nil {
		return err
	}
	to(l.Value())
	return nil
}

func errorIs() error {
	l, err := current.Acquire() // want `this Lease is never released`
	if errors.Is(err, live.ErrClosed) {
		return nil
	}
	use(l.Value())
	return err
}

// What follows is right.

func deferred() (string, error) {
	l, err := current.Acquire()
	if err != nil {
		return "", err
	}
	defer l.Release()
	return l.Value().name, nil
}

func deferredBefore() (string, error) {
	l, err := current.Acquire()
	defer l.Release()
	if err != nil {
		return "", err
	}
	return l.Value().name, nil
}

func ifThereIsOne() {
	if l, err := current.Acquire(); err == nil {
		use(l.Value())
		l.Release()
	}
}

func namedResult() (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, errors.New("use failed"))
		}
	}()
	l, err := current.Acquire()
	if err != nil {
		return err
	}
	use(l.Value())
	l.Release()
	return nil
}

func otherError() error {
	l, err := current.Acquire()
	if errors.Is(err, live.ErrClosed) {
		return nil
	} else if err != nil {
		return err
	}
	defer l.Release()
	use(l.Value())
	return nil
}

func comparedError() error {
	l, err := current.Acquire()
	switch err {
	case nil:
	case live.ErrClosed:
		return nil
	default:
		return err
	}
	defer l.Release()
	use(l.Value())
	return nil
}

func failed(t *testing.T, err error) bool {
	t.Log(err)
	return err != nil
}

func askedElsewhere(t *testing.T) {
	l, err := current.Acquire()
	if failed(t, err) {
		return
	}
	l.Release()
}

func wrapped(wrap func(error) error) error {
	l, err := current.Acquire()
	if err := wrap(err); err != nil {
		return err
	}
	l.Release()
	return nil
}

func fatal(t *testing.T) {
	l, err := current.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	use(l.Value())
	l.Release()
}

func returned() (live.Lease[*database], error) { return current.Acquire() }

func returnedLater() (live.Lease[*database], error) {
	l, err := current.Acquire()
	if err != nil {
		return live.Lease[*database]{}, err
	}
	use(l.Value())
	return l, nil
}

func newSession() (*session, error) {
	l, err := current.Acquire()
	if err != nil {
		return nil, err
	}
	v, err := file.Acquire()
	if err != nil {
		l.Release()
		return nil, err
	}
	return &session{lease: l, view: v}, nil
}

func inGoroutine() error {
	l, err := current.Acquire()
	if err != nil {
		return err
	}
	go func() {
		defer l.Release()
		use(l.Value())
	}()
	return nil
}

func both() error {
	l, err := current.Acquire()
	if err != nil {
		return err
	}
	defer l.Release()
	v, err := file.Acquire()
	if err != nil {
		return err
	}
	defer v.Release()
	log.Print(l.Value().name, len(v.Value()))
	return nil
}

func again(n int) error {
	l, err := current.Acquire()
	if err != nil {
		return err
	}
	for range n {
		use(l.Value())
		l.Release()
		if l, err = current.Acquire(); err != nil {
			return err
		}
	}
	l.Release()
	return nil
}

func retries() (l live.Lease[*database], err error) {
	for range 3 {
		if l, err = current.Acquire(); err == nil {
			return l, nil
		}
	}
	return l, err
}

func twiceTheSame() {
	l, err := current.Acquire()
	if err != nil {
		return
	}
	defer l.Release()
	use(l.Value())
	l.Release() // the deferred one does nothing
}

func (s *session) renew() (err error) {
	s.lease.Release()
	s.lease, err = current.Acquire()
	return err
}

func setByClosure(run func(func())) {
	var l live.Lease[*database]
	var err error
	run(func() { l, err = current.Acquire() })
	if err == nil {
		l.Release()
	}
}

// It is to fail.
func wanted(t *testing.T, wantClosed func(*testing.T, error)) {
	_, err := current.Acquire()
	for _, err := range []error{err, current.Store(nil)} {
		if !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
	}
	_, err = file.Acquire()
	wantClosed(t, err)
	if _, err := current.Acquire(); !errors.Is(err, live.ErrClosed) {
		t.Error(err)
	}
}
