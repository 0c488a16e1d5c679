package live

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/goroutine"
)

// A generation is a value from when it is published until it is closed.
type generation[T any] struct {
	value    T
	number   uint64 // from 1
	since    time.Time
	replaced time.Time
	taken    bool    // by Close, or it came after Close
	closing  uintptr // goroutine that is in Options.Close with it, or 0
}

// generations are the values that there are: the present one, and the replaced
// ones that are not closed yet.
type generations[T any] struct {
	present atomic.Pointer[generation[T]] // changed under mu

	mu     sync.Mutex // guards what follows
	closed bool
	made   uint64
	old    map[uintptr]*generation[T] // by address
	last   time.Time                  // when one was last closed
	held   bool                       // a Load waits for room
	fewer  wakeup                     // old is fewer
}

// replace publishes next, and returns what the caller must retire, if anything.
// It does so under the lock, so that the numbers follow one another, and the
// caller retires without it, since that looks at all readers. When closed it
// returns next itself, to be retired, and ErrClosed. If unique is set it
// refuses a value that is there already.
func (g *generations[T]) replace(next T, unique bool) (was *generation[T], err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if unique && g.has(next) {
		return nil, errThere
	}
	g.made++
	now := time.Now()
	made := &generation[T]{value: next, number: g.made, since: now}
	if g.closed {
		made.taken = true
		g.leave(now, made)
		return made, ErrClosed
	}
	return g.swap(now, made), nil
}

// close takes the present value away, and refuses others.
func (g *generations[T]) close() (was *generation[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	if was = g.swap(time.Now(), nil); was != nil {
		was.taken = true
	}
	return was
}

// swap is called under mu.
func (g *generations[T]) swap(now time.Time, next *generation[T]) (was *generation[T]) {
	was = g.present.Swap(next)
	if was != nil {
		g.leave(now, was)
	}
	return was
}

// leave notes that o is old. It is called under mu.
func (g *generations[T]) leave(now time.Time, o *generation[T]) {
	o.replaced = now
	if g.old == nil {
		g.old = map[uintptr]*generation[T]{}
	}
	g.old[uintptr(unsafe.Pointer(o))] = o
}

var errThere = errors.New("this value is there already, and would be closed twice")

// has reports whether value is one that there is: the same pointer, or channel.
// It is called under mu.
func (g *generations[T]) has(value T) bool {
	v := reflect.ValueOf(value)
	switch k := v.Kind(); {
	case k != reflect.Pointer && k != reflect.Chan, v.IsNil(), k == reflect.Pointer && v.Type().Elem().Size() == 0:
		return false
	}
	if now := g.present.Load(); now != nil && any(now.value) == any(value) {
		return true
	}
	for _, o := range g.old {
		if any(o.value) == any(value) {
			return true
		}
	}
	return false
}

// beginClose notes that the calling goroutine is about to close o.
func (g *generations[T]) beginClose(o *generation[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o.closing = goroutine.Current()
}

// endClose takes o, which is closed, out.
func (g *generations[T]) endClose(o *generation[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o.closing = 0
	g.last = time.Now()
	delete(g.old, uintptr(unsafe.Pointer(o)))
	if len(g.old) == 0 {
		g.old = nil // many Values have nothing to remember
	}
	g.fewer.ring()
}

// inClose reports whether the calling goroutine closes one of the values.
func (g *generations[T]) inClose() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	me := goroutine.Current()
	for _, o := range g.old {
		if o.closing == me {
			return true
		}
	}
	return false
}

// gone waits until there is no value.
func (g *generations[T]) gone() {
	g.await(context.Background(), func() bool { return len(g.old) == 0 })
}

// drained waits until every value replaced before the call is closed. It
// returns false if ctx ends first.
func (g *generations[T]) drained(ctx context.Context) bool {
	g.mu.Lock()
	last := g.made // of the replaced ones, if closed, and one more, if not
	if !g.closed {
		last--
	}
	g.mu.Unlock()
	return g.await(ctx, func() bool {
		for _, o := range g.old {
			if o.number <= last {
				return false
			}
		}
		return true
	})
}

// room waits until fewer than most replaced values are not closed. It returns
// false if ctx ends first.
func (g *generations[T]) room(ctx context.Context, most int) bool {
	defer g.hold(false)
	return g.await(ctx, func() bool {
		g.held = len(g.old) >= most
		return !g.held
	})
}

func (g *generations[T]) hold(held bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = held
}

// await waits until is, which is called under mu, is true, as long as ctx
// allows.
func (g *generations[T]) await(ctx context.Context, is func() bool) bool {
	for {
		changed := g.unless(is)
		if changed == nil {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// unless returns nil if is is true, and otherwise what is closed when it may
// have become so.
func (g *generations[T]) unless(is func() bool) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if is() {
		return nil
	}
	return g.fewer.wait()
}

// isHeld reports whether a Load waits for room.
func (g *generations[T]) isHeld() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

// tell writes what is known of the values into s.
func (g *generations[T]) tell(s *Status) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.present.Load(); now != nil {
		s.Generation, s.Since = now.number, now.since
	}
	s.Held, s.LastClosed, s.OldCount = g.held, g.last, len(g.old)
	for _, o := range g.old {
		s.Old = append(s.Old, o.told())
	}
	slices.SortFunc(s.Old, func(a, b Old) int { return cmp.Compare(a.Generation, b.Generation) })
	s.Old = s.Old[:min(len(s.Old), maxOldShown)]
}

func (g *generations[T]) oldOf(o *generation[T]) Old {
	g.mu.Lock()
	defer g.mu.Unlock()
	return o.told()
}

// told is called under the lock of the generations.
func (o *generation[T]) told() Old {
	return Old{Generation: o.number, Replaced: o.replaced, Closing: o.closing != 0, taken: o.taken, address: uintptr(unsafe.Pointer(o))}
}
