package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A resource is what a value holds: it must not be used when it is closed, nor
// be closed twice.
type resource struct {
	n      int64
	closed atomic.Bool
}

func (r *resource) use() error {
	if r.closed.Load() {
		return fmt.Errorf("resource %d is used after its Close", r.n)
	}
	return nil
}

// A factory makes resources, and counts them.
type factory struct {
	opened, closed atomic.Int64
	slow           atomic.Int64 // how long a load takes
	fail           atomic.Pointer[error]
}

func (f *factory) load(ctx context.Context) (*resource, error) {
	select {
	case <-time.After(time.Duration(f.slow.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := f.fail.Load(); err != nil {
		return nil, *err
	}
	return &resource{n: f.opened.Add(1)}, nil
}

func (f *factory) close(r *resource) error {
	if r.closed.Swap(true) {
		panic("closed twice")
	}
	f.closed.Add(1)
	return nil
}

func (f *factory) options() live.Options[*resource] {
	return live.Options[*resource]{Name: "resource", Load: f.load, Close: f.close, Logger: quiet}
}

func (f *factory) open(t testing.TB) *live.Value[*resource] { return open(t, f.options()) }

func open[T any](t testing.TB, o live.Options[T]) *live.Value[T] {
	t.Helper()
	v, err := live.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func shutdown[T any](t testing.TB, v *live.Value[T]) {
	t.Helper()
	if err := v.Shutdown(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

// noContext is nil, which every method refuses.
var noContext context.Context

var quiet = slog.New(slog.DiscardHandler)
