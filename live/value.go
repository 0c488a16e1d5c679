package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unsafe"

	"hazptr"
	"hazptr/internal/check"
	"hazptr/internal/goroutine"
	"hazptr/internal/hazard"
)

// Options say how the values of a [Value] are loaded and closed.
type Options[T any] struct {
	// Name stands in errors, logs, metrics and on the debug page. It is
	// required.
	Name string

	// Load returns the next value; never are there two calls at a time. It
	// must check what it has loaded: what it returns is used at once. If
	// its error is not nil the present value stays, and the value returned
	// is ignored. Load may return [ErrUnchanged]. Its Context has the values
	// of that of Open, and ends when every Reload that waits for it has
	// given up, when the Value is closed, and when Load has returned: the
	// value must not keep it. That Load panics is an error; the stack is
	// logged. Nil means that there is Store only.
	Load func(context.Context) (T, error)

	// Close ends a value. It is called once for each value, also for a nil
	// one, when it was replaced and no user has it any more, on a goroutine
	// of its own; several values may be closed at a time. Its error is
	// logged, counted, and returned by Shutdown. If it panics the program
	// ends. Nil means that values are left to the garbage collector; where
	// that is all they need, a [Plain] is simpler.
	Close func(T) error

	// ReloadOn are called on a goroutine each, and run until the Value is
	// closed.
	ReloadOn []Trigger

	// MaxOld bounds how many replaced values there may be that are not closed:
	// with n, Load is not called while there are n, so that at most n+1 values
	// exist at once, unless Store brings more. 0 means no bound.
	MaxOld int

	// Warn is how long a replaced value may stay in use, and a Load may
	// take or wait for MaxOld, before that is logged. It is logged again
	// whenever the time has doubled. 0 means a minute; less means never.
	Warn time.Duration

	// Trace makes Status and errors tell where the values are used: of each
	// Do and Lease, which then takes about a microsecond.
	Trace bool

	// Logger is where this package logs. Nil means slog.Default().
	Logger *slog.Logger
}

// A Value holds a value that is used by any number of goroutines, replaced
// meanwhile, and closed at last: its methods may be called by any goroutine at
// any time, except that a Load or Close must not call Reload, Drain or Shutdown
// of the same Value, which would wait for it; they panic in it. Nor may a
// Trigger call Shutdown.
//
// A Value is made by Open or New. One that was made in a bubble of
// testing/synctest belongs to that bubble.
//
// A program shuts down its servers first, and then their Values.
//
// In the terminology of the Go memory model, a Store, and the return of Load,
// "synchronizes before" each use of that value, whose end "synchronizes before"
// its Close.
type Value[T any] struct {
	generations generations[T]
	users       *users // nil unless they are traced

	options  Options[T]
	reloader reloader
	ending   ending
	failed   closeErrors
	shown    shown
	begin    sync.Once
	ended    chan struct{} // closed when everything has ended; nil before begin
}

// Open returns a Value when the first Load has returned one; if that fails, it
// returns what it has returned, with the Name. If ctx ends first, Open returns
// an error that wraps ctx's; what Load returns later is closed. The end of ctx
// ends the wait for the first Load alone, and neither triggers nor later
// reloads. Triggers run from the beginning: what they see during the first Load
// leads to a second.
//
// Open panics if ctx, Options.Load or a Trigger is nil, if Name is empty, and
// if MaxOld is negative.
func Open[T any](ctx context.Context, o Options[T]) (*Value[T], error) {
	if o.Load == nil {
		panic(fmt.Sprintf("live: Open of %q without Options.Load; New is for a Value that Store fills", o.Name))
	}
	v := newValue("Open", ctx, o, false)
	if err := v.reloader.open("Open", ctx, o.ReloadOn); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// New returns a Value of first. Options.Load may be nil. New panics as Open
// does.
func New[T any](first T, o Options[T]) *Value[T] {
	v := newValue("New", context.Background(), o, true)
	if err := v.Store(first); err != nil {
		panic(err) // there is no other
	}
	v.reloader.start(o.ReloadOn)
	return v
}

func newValue[T any](method string, ctx context.Context, o Options[T], present bool) *Value[T] {
	v := &Value[T]{options: o}
	r := &v.reloader
	r.init(method, ctx, o.Name, o.Warn, o.Logger, o.Load != nil, o.ReloadOn, present)
	if o.MaxOld < 0 {
		panic(fmt.Sprintf("live: %s of %q with MaxOld %d, want 0 or more", method, o.Name, o.MaxOld))
	}
	if o.Load != nil {
		r.load = v.load
	}
	r.waits = v.waits
	if o.Trace || check.Enabled {
		v.users = new(users)
	}
	v.shown = show(o.Name, v.Status)
	return v
}

// Do calls use with the present value, and returns what use returns. The value
// is not closed until use has returned, panicked or called runtime.Goexit. If
// the Value is closed, Do does not call use, and returns an [Error].
//
// Use must not keep the value, nor anything that ends with it. It may take its
// time: it delays no other Do and no reload, but for MaxOld, only the end of
// its value. A Do inside a Do may get a newer value, or fail. A Drain or
// Shutdown of the same Value inside use waits for itself until its Context
// ends.
func (v *Value[T]) Do(use func(T) error) error {
	if v.users != nil {
		return v.traced(use)
	}
	now, slot, _ := hazard.Acquire((*unsafe.Pointer)(unsafe.Pointer(&v.generations.present)))
	if now == nil {
		return v.none("Do")
	}
	defer func() { // as in hazptr.Pointer.Do
		if slot.End() {
			slot.Ended()
		}
	}()
	return use((*generation[T])(now).value)
}

// traced is Do where uses are traced, and in the debug build.
func (v *Value[T]) traced(use func(T) error) error {
	g := hazptr.Acquire(&v.generations.present)
	defer g.Release()
	now := g.Ptr()
	if now == nil {
		return v.none("Do")
	}
	defer v.users.leave(v.users.enter(now.number, goroutine.Current()))
	return use(now.value)
}

// none tells why there is no present value.
func (v *Value[T]) none(method string) error {
	mustBeMade(v.options.Name, method, unmadeValue)
	return v.reloader.fail(method, ErrClosed)
}

// Store publishes next. What it replaces is closed when it is not in use any
// more. Store does not wait for users. Where many values that are not in use
// have not been closed yet, it waits for some of them, but not for longer than
// 50ms in which none is. It pays no regard to MaxOld. Store should not be
// called under a lock that Options.Close takes.
//
// If the Value is closed, next is closed, and Store returns an [Error]. If
// there is an Options.Close, and next is a pointer or channel that is there
// already, not yet closed, Store returns an [Error] and does nothing: it would
// be closed twice.
func (v *Value[T]) Store(next T) error {
	mustBeMade(v.options.Name, "Store", unmadeValue)
	v.reloader.mustBeHere("Store")
	return v.store("Store", next)
}

// store is Store. Its errors name method.
func (v *Value[T]) store(method string, next T) error {
	was, err := v.generations.replace(next, v.options.Close != nil)
	v.retire(was)
	if err != nil {
		return v.reloader.fail(method, err)
	}
	v.ending.slowDown()
	return nil
}

// retire has what was replaced closed when it is not in use. It is called
// without a lock.
func (v *Value[T]) retire(was *generation[T]) {
	if was == nil {
		return
	}
	quiet := remind(v.reloader.warn, func(after time.Duration) { v.late(was, after) })
	v.ending.retire(unsafe.Pointer(was), func() {
		defer quiet()
		v.finish(was)
	})
}

// finish closes what was replaced.
func (v *Value[T]) finish(g *generation[T]) {
	v.generations.beginClose(g)
	defer v.generations.endClose(g) // also when Close calls runtime.Goexit
	if err := v.close(g.value); err != nil {
		err = fmt.Errorf("live: Close of %q, generation %d: %w", v.options.Name, g.number, err)
		v.failed.add(err)
		v.reloader.logger.Error("live: Close has failed", "name", v.options.Name, "generation", g.number, "err", err)
	}
}

func (v *Value[T]) close(value T) error {
	if v.options.Close == nil {
		return nil
	}
	return v.options.Close(value)
}

// load waits for room, calls Load, and publishes what it returns.
func (v *Value[T]) load(ctx context.Context, told func(err error, called bool)) {
	if most := v.options.MaxOld; most > 0 && !v.generations.room(ctx, most) {
		told(v.reloader.fail("Reload", fmt.Errorf("the next Load was not called: %w", context.Cause(ctx))), false)
		return
	}
	guarded("Load", v.reloader.logger, []any{"name", v.options.Name}, func() (T, error) { return v.options.Load(ctx) }, func(next T, err error) {
		if err == nil {
			err = v.store("Reload", next)
		}
		told(err, true)
	})
}

// waits tells what a Load waits for.
func (v *Value[T]) waits() string {
	if !v.generations.isHeld() {
		return ""
	}
	return fmt.Sprintf("replaced values are not closed, and MaxOld is %d%s", v.options.MaxOld, v.inUse())
}

// late logs that a replaced value is not closed yet.
func (v *Value[T]) late(g *generation[T], after time.Duration) {
	o := []Old{v.generations.oldOf(g)}
	v.count(o)
	log := v.reloader.logger.With("name", v.options.Name, "generation", g.number, "for", after)
	switch {
	case o[0].Closing:
		log.Warn("live: Close has not returned")
	case v.users == nil:
		log.Warn(o[0].late(), "users", o[0].Users, "acquired", untraced)
	default:
		log.Warn(o[0].late(), "users", o[0].Users, "acquired", o[0].Acquired)
	}
}

// Reload has Load called and publishes what it returns; if that fails, the
// present value stays, and Reload returns the error. It waits for a Load that
// begins after the call: any number of Reloads at once wait for one that runs,
// at most, and share the next.
//
// If ctx ends first, Reload returns an [Error] that wraps ctx's; the Load may
// end well all the same. If the Value is closed, Reload returns an [Error]. It
// panics if there is no Options.Load, and if ctx is nil.
func (v *Value[T]) Reload(ctx context.Context) error {
	mustBeMade(v.options.Name, "Reload", unmadeValue)
	v.mustNotClose("Reload")
	return v.reloader.reload(ctx)
}

func (v *Value[T]) mustNotClose(method string) {
	if v.generations.inClose() {
		panic(fmt.Sprintf("live: %s of %q in its own Close, which it would wait for", method, v.options.Name))
	}
}
