package mapped_test

import (
	"strings"
	"testing"

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
		if err := p.Shutdown(brief(t)); err == nil {
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
		if value := panicked(func() { v.Value() }); value == nil || !strings.Contains(value.(string), "released") {
			t.Error(value)
		}
		if panicked(copied.Release) == nil {
			t.Error("the Release of a copy of a View that was released has not panicked")
		}
		var zero mapped.View[[]byte]
		zero.Release()
		shutdown(t, p)
	})
}
