package hazptr

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"hazptr/internal/goroutine"
	"hazptr/internal/hazard"
	"hazptr/internal/reclaim"
	"hazptr/internal/roster"
)

// A Domain is the updater's side of hazard pointers: it takes retired objects,
// finds out when the last reader of each has left, and has their reclaim
// functions called. Readers know nothing of domains.
//
// Most programs need no other than [Default]. One of its own lets a subsystem
// wait for its own objects (Barrier), bound them and end (Close).
//
// A Domain has goroutines and timers only while objects are pending in it. All
// methods may be called by any goroutine at any time, but see the reclaim
// functions' rules at [Retire]. One that was made in a bubble of
// testing/synctest belongs to that bubble.
//
// In the terminology of the Go memory model, a Retire "synchronizes before" the
// call of its reclaim function, whose return "synchronizes before" the return
// of a Barrier, Flush or Close that waits for it.
type Domain struct {
	config Config
	bubble int                   // of testing/synctest, where it was made; or 0
	entry  *roster.Entry[Domain] // nil without a name

	// By value: a goroutine of the reclaimer keeps the Domain alive, which
	// matters since domains are found by weak pointers.
	reclaimer reclaim.Reclaimer
}

var defaultDomain = NewDomain(Config{Name: "default", StallAfter: time.Minute})

// Default returns the domain that [Retire] uses, and a [Pointer] that was given
// no other. It cannot be closed. What is pending in it for longer than a minute
// is logged; [Domain.ReportStalls] changes that. To have the log tell where the
// object was acquired, make any Domain with [Config].Trace, and keep it open:
//
//	hazptr.NewDomain(hazptr.Config{Trace: true}) // for the whole process
//
// In a bubble of testing/synctest nothing can be waited for in the default
// domain: a test there makes a Domain of its own, in the bubble.
func Default() *Domain { return defaultDomain }

// NewDomain returns a domain with nothing pending. It panics if a field of c is
// negative. A domain that is dropped with nothing pending needs no Close,
// unless Config.Trace is set.
func NewDomain(c Config) *Domain {
	c = c.complete()
	d := &Domain{config: c, bubble: goroutine.Bubble()}
	o := c.options(runtime.GOMAXPROCS(0))
	o.OnStall = d.teller(c.OnStall)
	o.Closed = d.withdraw
	o.Exceeded = d.logExceeded
	d.reclaimer.Init(o)
	if c.Trace {
		hazard.Trace()
	}
	if c.Name != "" {
		d.entry = named.Add(c.Name, d)
	}
	return d
}

// withdraw undoes what NewDomain did for the process, when the domain is
// closed.
func (d *Domain) withdraw() {
	if d.config.Trace {
		hazard.Untrace()
	}
	if d.entry != nil {
		named.Remove(d.entry)
	}
}

// logExceeded logs that the bounds do not hold.
func (d *Domain) logExceeded() {
	slog.Warn("hazptr: Retire has given up waiting for room and exceeds the bounds of the domain, since no reclaim function returns. Does one take a lock that the caller of Retire holds? Stats.Exceeded counts further times.", "domain", d.config.Name)
}

// open reports whether d was made by NewDomain and is not closed. Not being
// generic, it has the compiler hand Open on to be inlined in RetireIn, see
// inlined.
func (d *Domain) open() bool { return d.reclaimer.Open() }

// check panics if d was not made by NewDomain.
func (d *Domain) check(method string) {
	if d == nil || !d.reclaimer.Made() {
		panic("hazptr: " + method + " of a Domain that is nil or was not made by NewDomain")
	}
}

// mustBeHere is check for a method that waits. It panics in another bubble of
// testing/synctest than the one that the domain was made in: a goroutine of the
// one must not close a channel of the other.
func (d *Domain) mustBeHere(method string) {
	d.check(method)
	if here := goroutine.Bubble(); here != d.bubble {
		panic(fmt.Sprintf("hazptr: %s of domain %q in another bubble of testing/synctest than it was made in, or outside of it: make a Domain where it is used", method, d.config.Name))
	}
}

// Config returns the domain's configuration, with what was chosen where it was
// 0: for MaxPending, what GOMAXPROCS makes of it now. StallAfter is what
// ReportStalls has last set; OnStall is that of the beginning.
func (d *Domain) Config() Config {
	d.check("Config")
	c := d.config
	c.StallAfter = d.reclaimer.StallAfter()
	if c.MaxPending == 0 {
		c.MaxPending = defaultScanned + runtime.GOMAXPROCS(0)*defaultQueued
	}
	return c
}

// Flush waits until every object retired before the call that no hazard pointer
// protects has been reclaimed. If ctx ends first, it returns an error that
// wraps ctx's and says how much is pending.
//
// This includes objects retired by other goroutines, if those calls happen
// before Flush. What is retired after the call is not waited for. Flush panics
// when ctx is nil, and in a reclaim function of d, which it would wait for.
func (d *Domain) Flush(ctx context.Context) error {
	d.mustBeHere("Flush")
	return d.reclaimer.Flush(ctx, doneOf(ctx, "Flush"))
}

// Barrier waits until every object retired before the call has been reclaimed,
// however long readers protect it. If ctx ends first, it returns an error that
// wraps ctx's and says how much is pending and how many hazard pointers hold
// it.
//
// This includes objects retired by other goroutines, if those calls happen
// before Barrier. What is retired after the call is not waited for. Barrier
// panics when ctx is nil, and in a reclaim function of d, which it would wait
// for.
//
// It is to hazard pointers what the kernel's rcu_barrier is to RCU: what to
// call before the code that reclaim functions run, or what they use, goes away.
func (d *Domain) Barrier(ctx context.Context) error {
	d.mustBeHere("Barrier")
	return d.reclaimer.Barrier(ctx, doneOf(ctx, "Barrier"))
}

// Close waits until nothing is pending, no report of a stall is being made and
// the domain's goroutines are on their way out, and closes it: from then on
// Retire panics, and no stall is reported. If ctx ends first, Close
// returns an error that wraps ctx's and says how much is pending, and the
// domain stays open. Closing a closed domain does nothing; closing Default()
// panics. Close panics when ctx is nil, and in a reclaim function or report of
// d, which it would wait for.
//
// Reclaim functions may retire while Close waits; no other goroutine should. A
// Retire that runs at the same time as the end of Close either panics, before
// it changes anything, or its object is reclaimed, perhaps after Close has
// returned.
func (d *Domain) Close(ctx context.Context) error {
	d.mustBeHere("Close")
	if d == defaultDomain {
		panic("hazptr: Close of the default domain, which other packages may use")
	}
	return d.reclaimer.Close(ctx, doneOf(ctx, "Close"))
}
