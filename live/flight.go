package live

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"hazptr/internal/goexit"
)

// A flight is a call of Load or Open for which callers wait. Its Context ends
// when all of them have given up. The lock of its owner guards it.
type flight struct {
	ctx     context.Context
	cancel  context.CancelFunc
	done    chan struct{} // closed when err is set
	err     error
	waiters int
}

// newFlight returns a flight whose Context has the values of this one. The
// owner cancels it when it is closed.
func newFlight(values context.Context) *flight {
	f := &flight{done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(context.WithoutCancel(values))
	return f
}

// leave takes one waiter away, and reports whether it was the last.
func (f *flight) leave() (last bool) {
	if f.waiters--; f.waiters > 0 {
		return false
	}
	f.cancel()
	return true
}

func (f *flight) land(err error) {
	f.err = err
	f.cancel()
	close(f.done)
}

// guarded calls a function of the user's, and then told with its results. A
// panic and runtime.Goexit are errors. The stack of a panic is long, so it is
// logged, with about.
func guarded[T any](what string, log *slog.Logger, about []any, call func() (T, error), told func(T, error)) {
	var value T
	var err error
	returned := false
	defer func() {
		switch {
		case returned:
		case goexit.UnderWay():
			err = fmt.Errorf("%s has called runtime.Goexit", what)
		default:
			err = panicked(what, recover())
			log.Error("live: "+what+" has panicked", append(about, "err", err, "stack", string(debug.Stack()))...)
		}
		told(value, err)
	}()
	value, err = call()
	returned = true
}

func panicked(what string, value any) error {
	if cause, ok := value.(error); ok {
		return fmt.Errorf("%s has panicked: %w", what, cause)
	}
	return fmt.Errorf("%s has panicked: %v", what, value)
}
