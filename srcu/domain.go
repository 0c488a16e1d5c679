package srcu

import (
	"context"

	"hazptr/internal/grace"
	"hazptr/internal/perproc"
)

// A Domain is a set of read sections, and of the updaters that wait for them. A
// grace period ends when every section of the Domain that was under way at its
// beginning has ended.
//
// It has goroutines only while callbacks or polls wait for a grace period. All
// methods may be called by any goroutine at any time. In a callback Barrier and
// Close panic, since they would wait for their caller; where the callback waits
// for another goroutine that calls them, all wait for ever. In a read section
// of the same Domain Synchronize, Barrier and Close would wait for it. A
// section may wait for another Domain, as long as no section of that one waits
// for this.
//
// A Domain is made by New; the methods of another one panic. So does a method
// that is given a nil Context. The methods of a Context are called while no
// lock is held, and one that panics leaves the Domain as it was.
//
// In the terminology of the Go memory model, for each grace period and each
// read section either what "happens before" the grace period's beginning
// "synchronizes before" the ReadLock, or the ReadUnlock "synchronizes before"
// the grace period's end. A call of Synchronize, Call, GetState or StartPoll
// "synchronizes before" the beginning of a grace period whose end "synchronizes
// before" Synchronize's return, the callback, or the Poll that reports true.
type Domain struct {
	readers readers
	grace   grace.Sequence
}

// New returns a Domain without readers.
func New() *Domain {
	d := new(Domain)
	d.readers.counts, d.readers.notice = perproc.NewLocal[counts](), grace.NewNotice()
	d.grace.Init("srcu", &d.readers)
	return d
}

// ReadLock begins a read section. It never blocks. The Token must be given to
// ReadUnlock of the same Domain, once, by any goroutine. Sections nest, each
// with a Token of its own.
//
// It is the kernel's srcu_read_lock, and its srcu_down_read.
func (d *Domain) ReadLock() Token {
	// A fault while pinned could not be recovered.
	if d == nil || d.readers.counts == nil {
		panic("srcu: ReadLock of a Domain that was not made by New")
	}
	rs := &d.readers
	if c := rs.counts.Of(perproc.Pin()); c != nil {
		index := c.enter(rs.index.Load())
		perproc.Unpin()
		return Token{newTokenCheck(), d, index}
	}
	perproc.Unpin()
	return Token{newTokenCheck(), d, rs.enterBeyond()}
}

// ReadUnlock ends the section that t was returned for. It never blocks. It
// panics for the zero Token and for one of another Domain. The same Token again
// is found by the next grace period, which panics, unless other readers make up
// for it. With the build tag hazptr_debug, ReadUnlock itself panics.
//
// It is the kernel's srcu_read_unlock, and its srcu_up_read.
func (d *Domain) ReadUnlock(t Token) {
	if t.domain != d || d == nil {
		// A call of its own, since ReadUnlock would have to store one word more
		// on its way.
		panic(d.refusal(t))
	}
	t.check.unlock()
	rs := &d.readers
	if c := rs.counts.Of(perproc.Pin()); c != nil {
		c.leave(t.index)
		perproc.Unpin()
		rs.left(t.index)
		return
	}
	perproc.Unpin()
	rs.leaveBeyond(t.index)
}

// refusal tells why d can't end the section of a Token.
//
//go:noinline
func (d *Domain) refusal(t Token) string {
	d.sequence("ReadUnlock")
	if t.domain == nil {
		return "srcu: ReadUnlock of a Token that ReadLock did not return"
	}
	return "srcu: ReadUnlock of a Token of another Domain"
}

// Synchronize waits for a grace period. When it returns nil, every read section
// that had begun before the call has ended. If ctx ends first, it returns an
// error that wraps ctx's, and the Domain is as usable as before. It does not
// wait for callbacks; Barrier does.
//
// It is the kernel's synchronize_srcu.
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
// It is the kernel's call_srcu.
func (d *Domain) Call(callback func()) { d.sequence("Call").Call(callback) }

// Barrier waits until every callback that was posted before has returned. If
// ctx ends first, it returns an error that wraps ctx's. It does not wait for
// callbacks that are posted later, nor for a grace period if there is no
// callback; Synchronize does. It panics in a callback, which it would wait for.
//
// It is the kernel's srcu_barrier.
func (d *Domain) Barrier(ctx context.Context) error {
	return d.sequence("Barrier").Barrier(ctx)
}

// GetState returns a Cookie of the present. It starts nothing. Poll reports
// true when others have made a grace period pass.
//
// It is the kernel's get_state_synchronize_srcu.
func (d *Domain) GetState() Cookie { return Cookie{d, d.sequence("GetState").State()} }

// StartPoll returns a Cookie of the present and starts a grace period, so that
// Poll reports true in the end.
//
// It is the kernel's start_poll_synchronize_srcu.
func (d *Domain) StartPoll() Cookie { return Cookie{d, d.sequence("StartPoll").Start()} }

// Poll reports whether a whole grace period has passed since the Domain
// returned the Cookie. It may say so one grace period late, if one was under
// way then that a Synchronize gave up. It panics for the zero Cookie, and for
// one of another Domain.
//
// It is the kernel's poll_state_synchronize_srcu.
func (d *Domain) Poll(c Cookie) bool {
	s := d.sequence("Poll")
	if c.domain != d {
		panic("srcu: Poll of a Cookie that this Domain did not return")
	}
	return s.Over(c.period)
}

// Close waits until all callbacks and all calls of Synchronize have returned,
// and all that polls asked for has come to pass, and ends the Domain's
// goroutines. Afterwards Synchronize,
// Call and StartPoll panic. If ctx ends first, it returns an error that wraps
// ctx's, and the Domain stays open. Closing a closed Domain does nothing.
//
// Callbacks that are posted while Close waits, by other callbacks too, are
// waited for. Readers are not, unless a grace period is. Close panics in a
// callback, which it waits for.
//
// It is the kernel's cleanup_srcu_struct.
func (d *Domain) Close(ctx context.Context) error { return d.sequence("Close").Close(ctx) }

// sequence returns the grace periods of a Domain that was made by New.
func (d *Domain) sequence(method string) *grace.Sequence {
	if d == nil || !d.grace.Made() {
		panic("srcu: " + method + " of a Domain that was not made by New")
	}
	return &d.grace
}
