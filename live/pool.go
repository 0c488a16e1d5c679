package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
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
	// must not keep it. That it panics is an error. It is required.
	Open func(context.Context, K) (V, error)

	// Close ends a value. It is called once for each, when the value has
	// left the Pool and no user has it any more, on a goroutine of its own.
	// If it panics the program ends. Nil leaves values to the garbage
	// collector.
	Close func(K, V) error

	// Max is how many values stay open, at most. With Max values in the
	// Pool, one that was not used lately leaves it before the next is
	// opened. So at most Max are open, those that are in use or were left
	// just now, and some eight more. 0 means no bound.
	Max int

	// Warn is how long a value that has left the Pool may stay in use
	// before that is logged; as in [Options].
	Warn time.Duration

	// Logger is where this package logs. Nil means slog.Default().
	Logger *slog.Logger
}

// A Pool opens values when they are asked for, by key, shares them, and closes
// those that it has no room for when they are not in use: readers of segments
// or of SSTables, databases of tenants, models by name. Its methods may be
// called by any goroutine at any time, except that Open and Close must not call
// Shutdown, nor Close a Do, which may wait for it.
//
// A value that is found costs a Do about what a Value's does, on any number of
// cores.
type Pool[K comparable, V any] struct {
	options PoolOptions[K, V]
	logger  *slog.Logger
	home    home
	places  index[K, *place[K, V]]

	warn    time.Duration
	ending  ending
	failed  closeErrors
	closing sync.Once
	ended   chan struct{} // closed when everything has ended
	opening sync.WaitGroup

	mu      sync.Mutex // guards what follows, and what is said to be
	closed  bool
	leaving int            // items that have left and are not closed
	none    wakeup         // leaving is 0
	ring    []*place[K, V] // those whose items are open
	hand    int            // where in ring the next to leave is looked for
	opens   map[K]*opening[K, V]
}

// A place is where the item of a key is found. It is not used again when its
// item has left.
type place[K comparable, V any] struct {
	item atomic.Pointer[item[K, V]]
	used atomic.Bool // since the hand came by
	at   int         // in ring; guarded by Pool.mu
}

type item[K comparable, V any] struct {
	key   K
	value V
	_     byte // what has no size shares its address with others
}

// An opening is a call of Open for which Dos wait. It protects the item until
// each of them has a protection of its own, so that the item cannot leave
// before they have used it.
type opening[K comparable, V any] struct {
	*flight
	guard   hazptr.Guard[item[K, V]]
	over    bool // no further Do may wait for it
	dropped bool // the item is for the Dos that wait, and for no other
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
	p := &Pool[K, V]{options: o, logger: o.Logger, opens: map[K]*opening[K, V]{}, ended: make(chan struct{})}
	if p.logger == nil {
		p.logger = slog.Default()
	}
	p.home = newHome()
	warn := o.Warn
	if warn == 0 {
		warn = time.Minute
	}
	p.warn = max(0, warn)
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
	at, ok := p.places.load(key)
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
		g, o, over := p.join(ctx, key)
		switch {
		case o == nil && g.Ptr() == nil:
			return p.fail(ErrClosed)
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
			g, done := p.leave(o)
			defer g.Release()
			switch {
			case done && o.err != nil:
				return o.err
			case done:
				return use(g.Ptr().value)
			}
		}
		return p.fail(fmt.Errorf("Open of %v has not returned: %w", key, context.Cause(ctx)))
	}
}

// join finds the value of key, or an opening, of which the caller must leave,
// unless it is over: then there is another when it is done. It finds neither if
// the Pool is closed.
func (p *Pool[K, V]) join(ctx context.Context, key K) (g hazptr.Guard[item[K, V]], o *opening[K, V], over bool) {
	f := newFlight(ctx) // which may be the user's, and is asked for nothing under the lock
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return g, nil, false
	}
	if at, ok := p.places.find(key); ok {
		at.used.Store(true)
		return hazptr.Acquire(&at.item), nil, false // it leaves under mu only
	}
	o = p.opens[key]
	switch {
	case o == nil:
		o = &opening[K, V]{flight: f}
		p.opens[key] = o
		p.opening.Go(func() { p.run(key, o) })
	case o.over:
		return g, o, true
	}
	o.waiters++
	return g, o, false
}

// leave ends the caller's wait. It returns the item, and whether the opening is
// done.
func (p *Pool[K, V]) leave(o *opening[K, V]) (g hazptr.Guard[item[K, V]], done bool) {
	var last hazptr.Guard[item[K, V]]
	defer func() { last.Release() }() // without the lock
	p.mu.Lock()
	defer p.mu.Unlock()
	if done = over(o.done); done && o.err == nil {
		g = o.guard.Share()
	}
	if o.flight.leave() {
		o.over = true
		last, o.guard = o.guard, last
	}
	return g, done
}

// run opens a value for those that wait.
func (p *Pool[K, V]) run(key K, o *opening[K, V]) {
	p.evict(p.victims())
	if !p.begin() {
		p.land(key, o, nil, p.fail(ErrClosed))
		return
	}
	if !p.ending.room(o.ctx) {
		p.land(key, o, nil, p.fail(fmt.Errorf("values that have left are not closed, and Open of %v was not called: %w", key, context.Cause(o.ctx))))
		return
	}
	guarded("Open", func() (V, error) { return p.options.Open(o.ctx, key) }, func(value V, err error) {
		if err != nil {
			p.land(key, o, nil, fmt.Errorf("live: Open of %v in %q: %w", key, p.options.Name, err))
			return
		}
		p.land(key, o, &item[K, V]{key: key, value: value}, nil)
	})
}

// land ends an opening.
func (p *Pool[K, V]) land(key K, o *opening[K, V], opened *item[K, V], err error) {
	p.evict(p.publish(key, o, opened, err, errors.Is(err, context.Canceled)))
}

// publish puts what was opened into the Pool, and returns what leaves it.
func (p *Pool[K, V]) publish(key K, o *opening[K, V], opened *item[K, V], err error, canceled bool) (leaves []*item[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.opens, key)
	if p.closed && canceled {
		err = p.fail(ErrClosed)
	}
	if opened != nil {
		at := new(place[K, V])
		at.item.Store(opened)
		if o.waiters > 0 {
			o.guard = hazptr.Acquire(&at.item)
		}
		if p.closed || o.dropped {
			p.leaving++
			leaves = append(leaves, at.item.Swap(nil))
		} else {
			at.used.Store(true)
			at.at = len(p.ring)
			p.ring = append(p.ring, at)
			p.places.store(key, at)
			leaves = p.beyond(p.options.Max)
		}
	}
	o.land(err)
	return leaves
}

// beyond takes out what is more than most. It is called under mu.
func (p *Pool[K, V]) beyond(most int) (leave []*item[K, V]) {
	for p.options.Max > 0 && len(p.ring) > max(0, most) {
		leave = append(leave, p.victim())
	}
	return leave
}

// begin reports whether something may be opened.
func (p *Pool[K, V]) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.closed
}

// victims makes room for one more, besides those that are being opened.
func (p *Pool[K, V]) victims() (leave []*item[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.beyond(p.options.Max - len(p.opens))
}

// victim takes out an item that was not used since the hand came by last. It is
// called under mu.
func (p *Pool[K, V]) victim() *item[K, V] {
	for {
		p.hand = (p.hand + 1) % len(p.ring)
		if at := p.ring[p.hand]; !at.used.Swap(false) {
			return p.takeOut(at)
		}
	}
}

// takeOut is called under mu.
func (p *Pool[K, V]) takeOut(at *place[K, V]) *item[K, V] {
	last := p.ring[len(p.ring)-1]
	p.ring[at.at], last.at = last, at.at
	p.ring[len(p.ring)-1] = nil
	p.ring = p.ring[:len(p.ring)-1]
	i := at.item.Swap(nil)
	p.places.remove(i.key)
	p.leaving++
	return i
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
	defer p.left() // also when Close calls runtime.Goexit
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

func (p *Pool[K, V]) left() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leaving--; p.leaving == 0 {
		p.none.ring()
	}
}

func (p *Pool[K, V]) fail(err error) error { return &Error{Name: p.options.Name, Err: err} }

// Drop takes the value of key out of the Pool, and has it closed when it is not
// in use: its file was deleted, or replaced. A later Do opens it again. What is
// being opened goes to the Dos that wait for it, and is closed when they are
// done.
func (p *Pool[K, V]) Drop(key K) {
	p.home.mustBeHere("Drop", p.options.Name)
	p.evict(p.drop(key))
}

func (p *Pool[K, V]) drop(key K) (leaves []*item[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.opens[key]; o != nil {
		o.over, o.dropped = true, true
	}
	if at, ok := p.places.find(key); ok {
		leaves = append(leaves, p.takeOut(at))
	}
	return leaves
}

// Close closes the Pool: from now on each Do fails, and all values leave. Close
// does not wait for users. It returns what PoolOptions.Close has returned so
// far. To close a closed Pool does nothing else.
func (p *Pool[K, V]) Close() error {
	p.home.mustBeHere("Close", p.options.Name)
	p.closing.Do(func() {
		p.evict(p.all())
		go p.shutdown()
	})
	return p.failed.join()
}

// all closes the Pool, and takes everything out.
func (p *Pool[K, V]) all() (leave []*item[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, o := range p.opens {
		o.cancel()
	}
	for len(p.ring) > 0 {
		leave = append(leave, p.takeOut(p.ring[0]))
	}
	return leave
}

// shutdown waits until all has ended.
func (p *Pool[K, V]) shutdown() {
	p.opening.Wait()
	for {
		none := p.some()
		if none == nil {
			break
		}
		<-none
	}
	close(p.ended)
}

// some returns nil if nothing that has left is not closed, and otherwise what
// is closed when that has become so.
func (p *Pool[K, V]) some() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leaving == 0 {
		return nil
	}
	return p.none.wait()
}

func (p *Pool[K, V]) unclosed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leaving
}

// Shutdown closes the Pool as Close does, and waits until all values are
// closed. It then returns what calls of PoolOptions.Close have returned, the
// first 16 errors joined. If ctx ends first, Shutdown returns an [Error] that
// wraps ctx's, and may be called again to wait on. It panics if ctx is nil.
func (p *Pool[K, V]) Shutdown(ctx context.Context) error {
	if ctx == nil {
		panic("live: Shutdown with a nil Context")
	}
	p.home.mustBeHere("Shutdown", p.options.Name)
	p.Close()
	select {
	case <-p.ended:
	case <-ctx.Done():
		if !over(p.ended) {
			return p.fail(fmt.Errorf("Shutdown has given up; values that are not closed: %d: %w", p.unclosed(), context.Cause(ctx)))
		}
	}
	return p.failed.join()
}
