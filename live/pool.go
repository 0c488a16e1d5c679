package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unsafe"

	"hazptr"
	"hazptr/internal/hazard"
)

// PoolOptions say how the values of a [Pool] are opened and closed.
type PoolOptions[K comparable, V any] struct {
	// Name stands in errors and logs. It is required.
	Name string

	// Open returns the value of a key. There is one call at a time for each
	// key, on a goroutine of its own. Its Context has the values of that of
	// the first Do that waits for it, and ends when all of them have given
	// up, when the Pool is closed, and when Open has returned: the value
	// must not keep it. A panic of it is an error, and its stack is logged.
	// Open is required.
	Open func(context.Context, K) (V, error)

	// Close ends a value. It is called once for each, when the value has
	// left the Pool and no user has it any more, on a goroutine of its own.
	// If it panics the program ends. Nil leaves values to the garbage
	// collector.
	Close func(K, V) error

	// Max is how many values stay open, at most. With Max values in the Pool,
	// one that was not used lately leaves it before the next is opened. Beside
	// the values that are in use, or were until just now, at most Max and some
	// eight more are open. 0 means no bound.
	Max int

	// Warn is how long a value that has left the Pool may stay in use
	// before that is logged; as in [Options].
	Warn time.Duration

	// Logger is where this package logs. Nil means slog.Default().
	Logger *slog.Logger
}

// A Pool opens values when they are asked for, by key, shares them, and closes
// the ones for which it has no room when they are not in use: readers of
// segments or of SSTables, databases of tenants, models by name. Its methods
// may be called by any goroutine at any time, except that Open and Close must
// not call Shutdown, nor Close a Do, which may wait for it.
//
// A Do of a value that is found takes about twice as long as a Value's, on any
// number of cores.
type Pool[K comparable, V any] struct {
	options PoolOptions[K, V]
	logger  *slog.Logger
	home    home
	warn    time.Duration
	stock   stock[K, V]
	ending  ending
	failed  closeErrors
	closing sync.Once
	ended   chan struct{} // closed when everything has ended
}

// NewPool returns a Pool with nothing open. It panics without Name or Open, and
// if Max is negative.
func NewPool[K comparable, V any](o PoolOptions[K, V]) *Pool[K, V] {
	switch {
	case o.Name == "":
		panic("live: NewPool without PoolOptions.Name")
	case o.Open == nil:
		panic(fmt.Sprintf("live: NewPool of %q without PoolOptions.Open", o.Name))
	case o.Max < 0:
		panic(fmt.Sprintf("live: NewPool of %q with Max %d, want 0 or more", o.Name, o.Max))
	}
	p := &Pool[K, V]{options: o, logger: o.Logger, home: newHome(), warn: untilWarning(o.Warn), ended: make(chan struct{})}
	if p.logger == nil {
		p.logger = slog.Default()
	}
	p.stock.init(o.Max, p.run)
	return p
}

// Do calls use with the value of key, which it opens first if it is not in the
// Pool, and returns what use returns. The value is not closed until use has
// returned, panicked or called runtime.Goexit; use must not keep it. If Open
// fails, Do returns its error, with the Name. If ctx, which is for that alone,
// ends first, or the Pool is closed, it returns an [Error].
func (p *Pool[K, V]) Do(ctx context.Context, key K, use func(V) error) error {
	if found, err := p.find(key, use); found {
		return err
	}
	mustBeMade(p.options.Name, "Do", unmadePool)
	if ctx == nil {
		panic("live: Pool.Do with a nil Context")
	}
	p.home.mustBeHere("Do", p.options.Name)
	if key != key {
		panic(fmt.Sprintf("live: Do of %v in %q, a key that is not equal to itself and is never found", key, p.options.Name))
	}
	return p.open(ctx, key, use)
}

// find is Do of a value that is in the Pool.
func (p *Pool[K, V]) find(key K, use func(V) error) (found bool, err error) {
	at, ok := p.stock.places.load(key)
	if !ok {
		return false, nil
	}
	g := hazptr.Acquire(&at.item)
	defer g.Release()
	i := g.Ptr()
	if i == nil {
		return false, nil
	}
	if !at.used.Load() { // most write nothing that others read
		at.used.Store(true)
	}
	return true, use(i.value)
}

// open is Do of a value that was not in the Pool.
func (p *Pool[K, V]) open(ctx context.Context, key K, use func(V) error) error {
	for {
		g, o, over := p.stock.join(key, newFlight(ctx))
		switch {
		case o == nil && g.Ptr() == nil:
			return p.fail("Do", ErrClosed)
		case o == nil:
			defer g.Release()
			return use(g.Ptr().value)
		}
		select {
		case <-o.done:
		case <-ctx.Done():
		}
		if over && ctx.Err() == nil {
			continue
		}
		if !over {
			g, done := p.stock.leave(o)
			defer g.Release()
			switch {
			case done && o.err != nil:
				return o.err
			case done:
				return use(g.Ptr().value)
			}
		}
		return p.fail("Do", fmt.Errorf("Open of %v has not returned: %w", key, context.Cause(ctx)))
	}
}

// run opens a value for the Dos that wait.
func (p *Pool[K, V]) run(key K, o *opening[K, V]) {
	p.evict(p.stock.room())
	if p.stock.isClosed() {
		p.land(key, o, nil, p.fail("Do", ErrClosed))
		return
	}
	if !p.ending.room(o.ctx) {
		p.land(key, o, nil, p.fail("Do", fmt.Errorf("values that have left are not closed, and Open of %v was not called: %w", key, context.Cause(o.ctx))))
		return
	}
	guarded("Open", p.logger, []any{"name", p.options.Name, "key", key}, func() (V, error) { return p.options.Open(o.ctx, key) }, func(value V, err error) {
		if err != nil {
			p.land(key, o, nil, fmt.Errorf("live: Open of %v in %q: %w", key, p.options.Name, err))
			return
		}
		p.land(key, o, &item[K, V]{key: key, value: value}, nil)
	})
}

// land ends an opening. The methods of err, which may be the user's, are called
// without the lock.
func (p *Pool[K, V]) land(key K, o *opening[K, V], opened *item[K, V], err error) {
	ifClosed := err
	if errors.Is(err, context.Canceled) {
		ifClosed = p.fail("Do", ErrClosed)
	}
	p.evict(p.stock.land(key, o, opened, err, ifClosed))
}

func (p *Pool[K, V]) evict(items []*item[K, V]) {
	for _, i := range items {
		p.retire(i)
	}
}

// retire is called without a lock.
func (p *Pool[K, V]) retire(i *item[K, V]) {
	quiet := remind(p.warn, func(after time.Duration) { p.overdue(i, after) })
	p.ending.retire(unsafe.Pointer(i), func() {
		defer quiet()
		p.finish(i)
	})
}

// finish closes an item.
func (p *Pool[K, V]) finish(i *item[K, V]) {
	defer p.stock.left() // also when Close calls runtime.Goexit
	if p.options.Close == nil {
		return
	}
	if err := p.options.Close(i.key, i.value); err != nil {
		err = fmt.Errorf("live: Close of %v in %q: %w", i.key, p.options.Name, err)
		p.failed.add(err)
		p.logger.Error("live: Close has failed", "name", p.options.Name, "key", i.key, "err", err)
	}
}

// overdue logs that an item that has left is not closed yet.
func (p *Pool[K, V]) overdue(i *item[K, V], after time.Duration) {
	users := hazard.Count([]uintptr{uintptr(unsafe.Pointer(i))})[0]
	what := "live: a value that has left the pool is still in use"
	if users == 0 {
		what = "live: Close has not returned"
	}
	p.logger.Warn(what, "name", p.options.Name, "key", i.key, "for", after, "users", users)
}

func (p *Pool[K, V]) fail(method string, err error) error {
	return &Error{Name: p.options.Name, Err: err, call: method}
}

// Drop takes the value of key out of the Pool, and has it closed when it is not
// in use: its file was deleted, or replaced. A later Do opens it again. What is
// being opened goes to the Dos that wait for it, and is closed when they are
// done.
func (p *Pool[K, V]) Drop(key K) {
	mustBeMade(p.options.Name, "Drop", unmadePool)
	p.home.mustBeHere("Drop", p.options.Name)
	p.evict(p.stock.drop(key))
}

// Close closes the Pool: from now on each Do fails, and all values leave. Close
// does not wait, for users or for PoolOptions.Close. A program that is about to
// end calls Shutdown. Close returns what PoolOptions.Close has returned so far.
// To close a closed Pool does nothing else.
func (p *Pool[K, V]) Close() error {
	mustBeMade(p.options.Name, "Close", unmadePool)
	p.home.mustBeHere("Close", p.options.Name)
	p.closing.Do(func() {
		p.evict(p.stock.close())
		go p.shutdown()
	})
	return p.failed.join()
}

// shutdown waits until all has ended.
func (p *Pool[K, V]) shutdown() {
	p.stock.gone()
	close(p.ended)
}

// Shutdown closes the Pool as Close does, and waits until all values are
// closed. It then returns what calls of PoolOptions.Close have returned, the
// first 16 errors joined. If ctx ends first, Shutdown returns an [Error] that
// wraps ctx's, and may be called again to wait on. It panics if ctx is nil.
func (p *Pool[K, V]) Shutdown(ctx context.Context) error {
	mustBeMade(p.options.Name, "Shutdown", unmadePool)
	if ctx == nil {
		panic("live: Shutdown with a nil Context")
	}
	p.home.mustBeHere("Shutdown", p.options.Name)
	p.Close()
	select {
	case <-p.ended:
	case <-ctx.Done():
		if !over(p.ended) {
			return p.fail("Shutdown", fmt.Errorf("given up; values that are not closed: %d: %w", p.stock.unclosed(), context.Cause(ctx)))
		}
	}
	return p.failed.join()
}
