package mapped_test

import (
	"runtime"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/mapped"
)

func TestView(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 1, 2)
		p := f.open(o)
		v, err := p.Acquire()
		f.must(err)
		copied := v
		if err := has(1, 2)(v.Value()); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Shutdown(litmus.Brief(t)); err == nil {
			t.Error("Shutdown has not waited for a View")
		}
		if err := has(1, 2)(v.Value()); err != nil {
			t.Error(err)
		}
		released := make(chan struct{})
		go func() { // by another goroutine
			defer close(released)
			v.Release()
			v.Release()
		}()
		<-released
		litmus.MustPanic(t, "mapped: Value of a View that ", func() { v.Value() })
		litmus.MustPanic(t, "mapped: Release of a View of which a copy has been released already", copied.Release)
		var zero mapped.View[[]byte]
		zero.Release()
		shutdown(t, p)
	})
}

// A copy of a View that is released again ends nothing else, also where the
// panic runs its deferred Release.
func TestPrivateViewReleasedTwice(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("this system has no quarantine")
	}
	f := newFile(t, 1, 1)
	p := f.open(mapped.Options{PrivateViews: true, Quarantine: time.Nanosecond})
	v, err := p.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	again := v
	v.Release()
	time.Sleep(20 * time.Millisecond) // its quarantine is over
	other := newFile(t, 2, 1).open(mapped.Options{})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a copy was released")
			}
		}()
		defer again.Release()
		again.Release()
	}()
	if err := other.Do(has(2, 1)); err != nil {
		t.Errorf("another file was ended: %v", err)
	}
}

// A parse that panics leaves no use behind.
func TestPrivateViewWhoseParsePanics(t *testing.T) {
	parsed := 0
	p, err := mapped.Parse(newFile(t, 1, 1).path, func([]byte) (int, error) {
		if parsed++; parsed == 2 {
			panic("parse")
		}
		return 1, nil
	}, mapped.Options{PrivateViews: true, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = p.Acquire() //hazptrvet:ignore it panics
	}()
	shutdown(t, p)
}
