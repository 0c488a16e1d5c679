package rcu

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"hazptr/internal/grace"
)

// A Domain is a set of Readers, and of the updaters that wait for them. A grace
// period ends when every [Reader] of the Domain has left the read section that
// it was in when the grace period began.
//
// It has goroutines only while callbacks or polls wait for a grace period, and
// while a stall is reported. All methods may be called by any goroutine at any
// time. In a callback Barrier and Close panic, since they would wait for their
// caller; where the callback waits for another goroutine that calls them, all
// wait for ever. In a read section of the same Domain only GetState, Poll and
// NewReader are without danger: Synchronize, Barrier and Close would wait for
// it, and nothing comes of Call and StartPoll before it ends.
//
// A Domain is made by New; the methods of another one panic. So does a method
// that is given a nil Context. The methods of a Context are called while no
// lock is held, and one that panics leaves the Domain as it was.
//
// In the terminology of the Go memory model, a call of Synchronize, Call,
// GetState or StartPoll "synchronizes before" the beginning of a grace period
// whose end "synchronizes before" Synchronize's return, the callback, or the
// Poll that reports true.
type Domain struct {
	grace   grace.Sequence
	readers readers
}

// New returns a Domain without readers.
func New() *Domain {
	d := new(Domain)
	d.readers.epoch, d.readers.notice = inside, grace.NewNotice()
	d.grace.Init("rcu", &d.readers)
	return d
}

// NewReader returns a Reader that is in no section.
func (d *Domain) NewReader() *Reader {
	d.sequence("NewReader")
	r := &Reader{domain: d}
	r.watch(false)
	made, _, _, _ := runtime.Caller(1)
	d.readers.add(r, made)
	// A finalizer, since a cleanup couldn't see whether it is in a section.
	runtime.SetFinalizer(r, d.readers.forget)
	return r
}

// Synchronize waits for a grace period. When it returns nil, every read section
// that had begun before the call has ended. If ctx ends first, it returns an
// error that wraps ctx's. It does not wait for callbacks; Barrier does. It must
// not be called in a finalizer, since another finalizer finds forgotten
// Readers.
//
// It is the kernel's synchronize_rcu.
func (d *Domain) Synchronize(ctx context.Context) error {
	return d.sequence("Synchronize").Synchronize(ctx)
}

// Call has callback called after a grace period, on a goroutine of the Domain.
// Callbacks are called in the order of the Calls and one at a time, so one that
// blocks holds up the callbacks after it. A grace period serves all that were
// posted before it began. If the callback panics, the program ends.
//
// The number of waiting callbacks is not bounded: as long as a reader stays in
// its section, none is called.
//
// It is the kernel's call_rcu.
func (d *Domain) Call(callback func()) { d.sequence("Call").Call(callback) }

// Barrier waits until every callback that was posted before has returned. If
// ctx ends first, it returns an error that wraps ctx's. It does not wait for
// callbacks that are posted later, nor for a grace period if there is no
// callback; Synchronize does. It panics in a callback, which it would wait for.
//
// It is the kernel's rcu_barrier.
func (d *Domain) Barrier(ctx context.Context) error {
	return d.sequence("Barrier").Barrier(ctx)
}

// GetState returns a Cookie of the present. It starts nothing. Poll reports
// true when others have made a grace period pass.
//
// It is the kernel's get_state_synchronize_rcu.
func (d *Domain) GetState() Cookie { return Cookie{d, d.sequence("GetState").State()} }

// StartPoll returns a Cookie of the present and starts a grace period, so that
// Poll reports true in the end.
//
// It is the kernel's start_poll_synchronize_rcu.
func (d *Domain) StartPoll() Cookie { return Cookie{d, d.sequence("StartPoll").Start()} }

// Poll reports whether a whole grace period has passed since the Domain
// returned the Cookie. It may say so one grace period late, if one was under
// way then that a Synchronize gave up. It panics for the zero Cookie, and for
// one of another Domain.
//
// It is the kernel's poll_state_synchronize_rcu.
func (d *Domain) Poll(c Cookie) bool {
	s := d.sequence("Poll")
	if c.domain != d {
		panic("rcu: Poll of a Cookie that this Domain did not return")
	}
	return s.Over(c.period)
}

// Close waits until all callbacks and all calls of Synchronize have returned,
// and all that polls asked for has come to pass, and ends the Domain's
// goroutines. When it has returned nil
// no report of a stall begins or is being made, and Synchronize, Call and
// StartPoll panic. If ctx ends first, it returns an error that wraps ctx's, and
// the Domain stays open. Closing a closed Domain does nothing.
//
// Callbacks that are posted while Close waits, by other callbacks too, are
// waited for. Readers are not, unless a grace period is: Close them first.
//
// Close panics in a callback and in a report of a stall, which it waits for.
func (d *Domain) Close(ctx context.Context) error {
	s := d.sequence("Close")
	d.readers.reports.checkCaller("Close")
	return s.Close(ctx)
}

// ReportStalls has report called when a grace period has taken longer than
// after, and again each time that it has taken as long again. A nil report logs
// a warning through log/slog. It begins with the next grace period; after = 0
// ends it. There are no reports at first.
//
// Reports are made one at a time, on a goroutine of their own, and hold up no
// grace period. While report runs, what else there is to report is dropped and
// counted in the next Stall. A report may call all methods but Close, which
// waits for it and panics; nor may it wait for another goroutine's Close.
//
// It is the kernel's RCU CPU stall warning (Documentation/RCU/stallwarn.rst).
func (d *Domain) ReportStalls(after time.Duration, report func(Stall)) {
	d.sequence("ReportStalls")
	if after < 0 {
		panic("rcu: ReportStalls after " + after.String() + ", want 0 or more")
	}
	if report == nil {
		report = func(s Stall) { slog.Warn("rcu: a grace period is held up", "stall", s) }
	}
	d.readers.mu.Lock()
	defer d.readers.mu.Unlock()
	d.readers.after, d.readers.stall = after, report
}

// sequence returns the grace periods of a Domain that was made by New.
func (d *Domain) sequence(method string) *grace.Sequence {
	if d == nil || !d.grace.Made() {
		panic("rcu: " + method + " of a Domain that was not made by New")
	}
	return &d.grace
}
