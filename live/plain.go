package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// PlainOptions say how the values of a [Plain] are loaded. Their fields are
// those of [Options]; there is no Close, so that a value that comes to need one
// is a change of type, which the compiler finds at each use.
type PlainOptions[T any] struct {
	Name     string
	Load     func(context.Context) (T, error)
	ReloadOn []Trigger
	Warn     time.Duration
	Logger   *slog.Logger
}

// A Plain is a Value whose values need no closing: certificates, a
// configuration, a compiled template. Get returns the present one, without a
// rule: it costs what a load costs, and the value may be kept.
//
// Its methods may be called by any goroutine at any time. A Load must not call
// Reload or Shutdown of the same Plain, which panic in it.
//
// In the terminology of the Go memory model, a Store, and the return of Load,
// "synchronizes before" the Get that returns the value.
type Plain[T any] struct {
	present atomic.Pointer[generation[T]] // changed under mu

	mu   sync.Mutex // guards what follows
	made uint64

	options  PlainOptions[T]
	reloader reloader
	begin    sync.Once

	// Closed when Loads and triggers have returned; nil before begin.
	ended chan struct{}

	shown shown
}

// OpenPlain returns a Plain when the first Load has returned, as [Open] does.
func OpenPlain[T any](ctx context.Context, o PlainOptions[T]) (*Plain[T], error) {
	if o.Load == nil {
		panic(fmt.Sprintf("live: OpenPlain of %q without PlainOptions.Load; NewPlain is for a Plain that Store fills", o.Name))
	}
	v := newPlain("OpenPlain", ctx, o, false)
	if err := v.reloader.open("OpenPlain", ctx, o.ReloadOn); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// NewPlain returns a Plain of first, as [New] does.
func NewPlain[T any](first T, o PlainOptions[T]) *Plain[T] {
	v := newPlain("NewPlain", context.Background(), o, true)
	v.publish(first)
	v.reloader.start(o.ReloadOn)
	return v
}

func newPlain[T any](method string, ctx context.Context, o PlainOptions[T], present bool) *Plain[T] {
	v := &Plain[T]{options: o}
	v.reloader.init(method, ctx, o.Name, o.Warn, o.Logger, o.Load != nil, o.ReloadOn, present)
	if o.Load != nil {
		v.reloader.load = v.load
	}
	v.shown = show(o.Name, v.Status)
	return v
}

// Get returns the present value: after Close, the last one.
func (v *Plain[T]) Get() T {
	now := v.present.Load()
	if now == nil {
		panic("live: Get" + unmadePlain)
	}
	return now.value
}

// Store publishes next. If the Plain is closed, it returns an [Error].
func (v *Plain[T]) Store(next T) error {
	mustBeMade(v.options.Name, "Store", unmadePlain)
	v.reloader.mustBeHere("Store")
	return v.store("Store", next)
}

// store is Store. Its errors name method.
func (v *Plain[T]) store(method string, next T) error {
	if v.reloader.isClosed() {
		return v.reloader.fail(method, ErrClosed)
	}
	v.publish(next)
	return nil
}

func (v *Plain[T]) publish(next T) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.made++
	v.present.Store(&generation[T]{value: next, number: v.made, since: time.Now()})
}

func (v *Plain[T]) load(ctx context.Context, told func(err error, called bool)) {
	guarded("Load", v.reloader.logger, []any{"name", v.options.Name}, func() (T, error) { return v.options.Load(ctx) }, func(next T, err error) {
		if err == nil {
			err = v.store("Reload", next)
		}
		told(err, true)
	})
}

// Reload has Load called, and publishes what it returns, as [Value.Reload]
// does.
func (v *Plain[T]) Reload(ctx context.Context) error {
	mustBeMade(v.options.Name, "Reload", unmadePlain)
	return v.reloader.reload(ctx)
}

// Close ends Loads and triggers, and does not wait for one that runs. A program
// that is about to end calls Shutdown. Close returns nil.
func (v *Plain[T]) Close() error {
	mustBeMade(v.options.Name, "Close", unmadePlain)
	v.reloader.mustBeHere("Close")
	v.begin.Do(func() {
		v.ended = make(chan struct{})
		v.reloader.close()
		go func() {
			v.reloader.busy.Wait()
			v.reloader.end()
			v.shown.hide()
			close(v.ended)
		}()
	})
	return nil
}

// Shutdown closes the Plain as Close does, and waits until Loads and triggers
// have returned. If ctx ends first, it returns an [Error] that wraps ctx's. It
// panics if ctx is nil.
func (v *Plain[T]) Shutdown(ctx context.Context) error {
	mustBeMade(v.options.Name, "Shutdown", unmadePlain)
	if ctx == nil {
		panic("live: Shutdown with a nil Context")
	}
	v.reloader.mustNotLoad("Shutdown")
	v.Close()
	select {
	case <-v.ended:
	case <-ctx.Done():
		if !over(v.ended) {
			return v.reloader.fail("Shutdown", fmt.Errorf("a Load or trigger has not returned: %w", context.Cause(ctx)))
		}
	}
	return nil
}

// Status tells how v is doing. What concerns replaced values is zero.
func (v *Plain[T]) Status() Status {
	mustBeMade(v.options.Name, "Status", unmadePlain)
	var s Status
	v.reloader.tell(&s)
	if now := v.present.Load(); now != nil {
		s.Generation, s.Since = now.number, now.since
	}
	return s
}
