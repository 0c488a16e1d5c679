package lease

import (
	"errors"
	"log"
	"os"
	"testing"

	"hazptr/live"
)

// Functions that are asked for the kind of an error.

func osIs() error {
	v, err := file.Acquire() // want `this View is never released`
	if os.IsNotExist(err) {
		return nil
	}
	log.Print(len(v.Value()))
	return err
}

func osIsElse() error {
	v, err := file.Acquire() // want `this View is not released on the path that ends at line 31`
	switch {
	case os.IsExist(err), !os.IsPermission(err) && os.IsTimeout(err):
		return nil
	case err != nil:
		return err
	case len(v.Value()) == 0:
		return nil
	}
	v.Release()
	return nil
}

// What follows is right.

func otherOSError() error {
	v, err := file.Acquire()
	if os.IsNotExist(err) || os.IsPermission(err) {
		return err
	}
	if !os.IsTimeout(err) && err == nil {
		log.Print(len(v.Value()))
		v.Release()
	}
	return nil
}

func comparedAnswer() error {
	l, err := current.Acquire()
	if errors.Is(err, live.ErrClosed) == true {
		return nil
	}
	if ended := os.IsNotExist(err); ended != false {
		return nil
	}
	if err != nil {
		return err
	}
	defer l.Release()
	use(l.Value())
	return nil
}

func isNil() error {
	l, err := current.Acquire()
	if !errors.Is(err, nil) {
		return err
	}
	defer l.Release()
	use(l.Value())
	return nil
}

// Another function may do anything with the error.
func askedByFunction() error {
	v, err := file.Acquire()
	if isGone(err) {
		return nil
	}
	log.Print(len(v.Value()))
	return err
}

func isGone(err error) bool { return err == nil || os.IsNotExist(err) }

// It is to fail.
func wantedOSError(t *testing.T, wantGone func(*testing.T, error)) {
	_, err := file.Acquire()
	if !os.IsNotExist(err) {
		wantGone(t, err)
	}
	if _, err := file.Acquire(); !os.IsPermission(err) {
		t.Error(err)
	}
}
