package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"hazptr/internal/goroutine"
)

// A reloader calls Load when it is asked to, runs the triggers that ask, and
// remembers how that went. It knows nothing of what Load returns.
type reloader struct {
	name   string
	warn   time.Duration // 0: never
	logger *slog.Logger
	home   home

	// load calls Load and publishes what it returns; nil if there is no
	// Load. It calls told with its error, and whether Load was called.
	load func(ctx context.Context, told func(err error, called bool))
	// waits tells what load waits for before it calls Load, or returns "".
	waits func() string

	values context.Context // those of Open's

	// Of triggers. It ends when the reloader is closed; nil without triggers.
	ctx context.Context

	stop context.CancelFunc
	busy sync.WaitGroup // Loads and triggers

	mu       sync.Mutex // guards what follows
	closed   bool
	running  *flight   // the Load that runs
	caller   uintptr   // its goroutine
	since    time.Time // when it began
	next     *flight   // the Load that is due
	loads    int64
	failures int64
	lately   int64     // failures since the last success, that were logged
	err      error     // of the last Load
	success  time.Time // of the last that went well; zero: there is no value
	problems map[int]string
	atEnd    []func()
}

func (r *reloader) init(method string, ctx context.Context, name string, warn time.Duration, logger *slog.Logger, load bool, on []Trigger, present bool) {
	switch {
	case ctx == nil:
		panic("live: " + method + " with a nil Context")
	case name == "":
		panic("live: " + method + " without Options.Name")
	case len(on) > 0 && !load:
		panic(fmt.Sprintf("live: %s of %q with Options.ReloadOn, but without Options.Load", method, name))
	case slices.ContainsFunc(on, func(t Trigger) bool { return t == nil }):
		panic(fmt.Sprintf("live: %s of %q with a nil Trigger", method, name))
	}
	if logger == nil {
		logger = slog.Default()
	}
	r.name, r.warn, r.logger, r.home = name, untilWarning(warn), logger, newHome()
	r.values = context.WithoutCancel(ctx)
	r.waits = func() string { return "" }
	if present {
		r.success = time.Now()
	}
}

func (r *reloader) mustBeHere(method string) { r.home.mustBeHere(method, r.name) }

func (r *reloader) fail(method string, err error) error { return &Error{r.name, err, method, r} }

// reload is Reload of a Value or a Plain.
func (r *reloader) reload(ctx context.Context) error {
	if ctx == nil {
		panic("live: Reload with a nil Context")
	}
	r.mustBeHere("Reload")
	r.mustNotLoad("Reload")
	f, err := r.join()
	if err != nil {
		return err
	}
	return r.wait("Reload", ctx, f)
}

// open has Load called for the first time, and starts the triggers. What they
// ask for meanwhile is another Load. The errors of open name method.
func (r *reloader) open(method string, ctx context.Context, on []Trigger) error {
	f, err := r.join()
	if err != nil {
		return err
	}
	r.start(on)
	return r.wait(method, ctx, f)
}

// wait waits for a Load that the caller has joined. Its errors name method.
func (r *reloader) wait(method string, ctx context.Context, f *flight) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
	}
	waits := r.waits()
	switch done := r.leave(f); {
	case done:
		return f.err
	case waits != "":
		return r.fail(method, fmt.Errorf("%s: %w", waits, context.Cause(ctx)))
	}
	return r.fail(method, fmt.Errorf("the Load has not returned: %w", context.Cause(ctx)))
}

// join makes the caller wait for the next Load.
func (r *reloader) join() (*flight, error) {
	if r.load == nil {
		panic(fmt.Sprintf("live: Reload of %q, which has no Load", r.name))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, r.fail("Reload", ErrClosed)
	}
	if r.next == nil {
		r.next = newFlight(r.values)
	}
	f := r.next
	f.waiters++
	r.startNext()
	return f, nil
}

// leave ends the caller's wait, and reports whether the Load had ended before.
// A Load that ends later may have been canceled by it.
func (r *reloader) leave(f *flight) (done bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	done = over(f.done)
	if f.leave() && r.next == f {
		r.next = nil
	}
	return done
}

// startNext starts the Load that is due unless one runs. It is called under mu.
func (r *reloader) startNext() {
	if r.running != nil || r.next == nil || r.closed {
		return
	}
	r.running, r.next, r.since = r.next, nil, time.Now()
	f := r.running
	r.busy.Go(func() { r.run(f) })
}

func (r *reloader) run(f *flight) {
	if !r.begin() {
		r.land(f, r.fail("Reload", ErrClosed), false)
		return
	}
	quiet := remind(r.warn, func(after time.Duration) {
		if waits := r.waits(); waits != "" {
			r.logger.Warn("live: Load is not called: "+waits, "name", r.name, "for", after)
			return
		}
		r.logger.Warn("live: Load has not returned", "name", r.name, "for", after)
	})
	r.load(f.ctx, func(err error, called bool) {
		quiet()
		r.land(f, err, called)
	})
}

// begin reports whether Load may be called, by the calling goroutine.
func (r *reloader) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.caller = goroutine.Current()
	}
	return !r.closed
}

// land ends a Load. The methods of its error, which is the user's, are called
// without the lock.
func (r *reloader) land(f *flight, err error, called bool) {
	unchanged, canceled := errors.Is(err, ErrUnchanged), errors.Is(err, context.Canceled)
	if own, ok := err.(*Error); err != nil && (!ok || own.by != r) {
		err = fmt.Errorf("live: Load of %q: %w", r.name, err)
	}
	failed, recovered, err := r.account(err, called, unchanged, canceled)
	switch {
	case failed:
		r.logger.Error("live: a reload has failed, the present value stays", "name", r.name, "err", err)
	case recovered > 0:
		r.logger.Info("live: reloads go well again", "name", r.name, "failures", recovered)
	}
	r.finish(f, err)
}

// account notes how a Load went. It returns whether a failure is to be logged,
// how many failures a success has ended, and what the waiters are told.
func (r *reloader) account(err error, called, unchanged, canceled bool) (failed bool, recovered int64, told error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	present := !r.success.IsZero()
	switch {
	case err == nil || present && unchanged:
		err, r.success = nil, time.Now()
		recovered, r.lately = r.lately, 0
	case r.closed && canceled:
		err = r.fail("Reload", ErrClosed)
	}
	if called {
		r.loads++
		r.err = err
	}
	if err != nil && called && !r.closed {
		r.failures++
		if failed = present; failed {
			r.lately++
		}
	}
	r.caller = 0
	return failed, recovered, err
}

// finish tells a Load's waiters, and starts the next.
func (r *reloader) finish(f *flight, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = nil
	f.land(err)
	r.startNext()
}

// start starts the triggers.
func (r *reloader) start(on []Trigger) {
	if len(on) == 0 {
		return
	}
	r.ctx, r.stop = context.WithCancel(r.values)
	for i, t := range on {
		r.busy.Go(func() {
			defer func() { // also when t has called runtime.Goexit
				if r.ctx.Err() == nil {
					what := fmt.Sprintf("trigger %d of ReloadOn has returned, and reloads no more", i)
					r.logger.Error("live: "+what, "name", r.name)
					r.problem(i, what)
				}
			}()
			t(context.WithValue(r.ctx, triggered{}, &triggered{r, i}), r.reload)
		})
	}
}

// problem notes what is wrong with a trigger; "" is nothing.
func (r *reloader) problem(trigger int, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if what == "" {
		delete(r.problems, trigger)
		return
	}
	if r.problems == nil {
		r.problems = map[int]string{}
	}
	r.problems[trigger] = what
}

// whenEnded has f called when the reloader has ended.
func (r *reloader) whenEnded(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.atEnd = append(r.atEnd, f)
}

// close ends the triggers' and Loads' Context, and refuses further Loads. It
// reports whether it has done so for the first time.
func (r *reloader) close() (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.closed = true
	if r.stop != nil {
		r.stop()
	}
	if r.running != nil {
		r.running.cancel()
	}
	if f := r.next; f != nil {
		r.next = nil
		f.land(r.fail("Reload", ErrClosed))
	}
	return true
}

// end calls what was to be called at the end. The reloader is closed, and none
// of its Loads and triggers runs.
func (r *reloader) end() {
	r.mu.Lock()
	atEnd := r.atEnd
	r.mu.Unlock()
	for _, f := range atEnd {
		f()
	}
}

func (r *reloader) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// mustNotLoad panics in the reloader's own Load.
func (r *reloader) mustNotLoad(method string) {
	r.mu.Lock()
	inLoad := r.caller != 0 && r.caller == goroutine.Current()
	r.mu.Unlock()
	if inLoad {
		panic(fmt.Sprintf("live: %s of %q in its own Load, which it would wait for", method, r.name))
	}
}

// tell writes what is known of Loads into s.
func (r *reloader) tell(s *Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Name, s.LastSuccess, s.Loads, s.Failures, s.Err, s.Closed = r.name, r.success, r.loads, r.failures, r.err, r.closed
	if r.running != nil {
		s.Loading = r.since
	}
	for _, i := range slices.Sorted(maps.Keys(r.problems)) {
		s.Problems = append(s.Problems, r.problems[i])
	}
}
