package hazptr

import (
	"fmt"
	"runtime"
	"time"

	"hazptr/internal/reclaim"
)

// A Config says how a [Domain] reclaims. The zero Config is a good one.
type Config struct {
	// Name stands in errors, panics, reports of stalls, metrics and the debug
	// page. See [Domains].
	Name string

	// Workers is how many goroutines run reclaim functions, at most. One whose
	// reclaim function blocks is one fewer for the others. 0 means GOMAXPROCS
	// at the time of NewDomain, but at least 2.
	Workers int

	// ScanPercent is the part of one core's time that scans may take, in
	// percent; 0 means 20. Up to a millisecond of that time is kept for later.
	// While there is some, a scan is made as soon as an object is retired;
	// otherwise when there is again. A scan takes as long as a fence does, some
	// microseconds, mostly, and two or three nanoseconds for each hazard
	// pointer. What is protected is not looked for again: the reader that ends
	// the last protection notifies. (A [Holder] tells of the exception.)
	//
	// Scans that a caller waits for, in Flush, Barrier or Close, or because too
	// much is pending, are made at once. With every P busy a scan waits for its
	// turn, as any goroutine does: for 10ms, the scheduler's time slice, or a
	// few of them. See ReclaimInline.
	ScanPercent int

	// MaxPending is how many retired objects may be pending in the domain
	// before Retire slows its caller down, so that reclaim can catch up. Retire
	// then wakes the domain's goroutines and waits, for as long as reclaim
	// functions return; where none does, because all Workers are in functions
	// that block, for some tens of milliseconds. It does not wait when called
	// by a reclaim function, and calls none itself without ReclaimInline.
	//
	// The bound is kept, that is, unless reclaim functions block or themselves
	// retire. What waits behind a blocked one is [Stats].Blocked. Half of
	// MaxPending is for objects that wait for the next scan, shared evenly
	// between the Ps (at least one each); half for objects that were scanned,
	// which are protected or wait for a worker. More than MaxPending/2 hazards
	// in use raise the second half: it is at least twice their number.
	//
	// 0 means 4096 for the scanned and 4096 for each P, 12,288 in all on two
	// cores. GOMAXPROCS is looked at by NewDomain; each P that is added later
	// adds its share. The price of the bound is time: with reclaim functions of
	// 5ms, a Retire above it has been held up for seconds.
	MaxPending int

	// MaxPendingBytes is how many bytes, as given to RetireIn, may be pending
	// before RetireIn slows its caller down as with MaxPending. What readers
	// protected at the last look is not counted, since waiting would not end
	// it: that comes on top, at most one object for each hazard pointer. An
	// object that alone is above the bound is taken when no other is pending.
	// Waiting callers are not served in order: a large object may starve behind
	// small ones. 0 means no bound. With it, each RetireIn of an object with
	// bytes adds to a counter that all share.
	MaxPendingBytes int64

	// ReclaimInline makes callers of Retire scan and call reclaim functions
	// themselves: at once in a quiet domain, also while the domain only waits
	// for what is protected, and while ScanPercent allows; and when half of
	// what may be pending is. They also reclaim what others have retired. The
	// reader that ends the last protection of an object calls its reclaim
	// function. The domain's goroutines do the rest: what comes too soon after
	// a scan. So objects that nothing protects end before Retire returns,
	// mostly, and others in their last reader, also where every P is busy; the
	// goroutines that make the garbage pay for its end; and the bound is kept
	// without waiting for another goroutine's turn. A Retire in a quiet domain
	// then takes some microseconds more, those of a fence and a scan.
	//
	// It is for callers that hold no lock, readers too. A caller of Retire,
	// Release or Clear that holds a lock waits for itself, for ever, if a
	// reclaim function of the domain takes that lock, or waits for anything
	// else that only the caller can do. That can happen in any such call, also
	// where it has gone well a thousand times; hazptrvet finds the plain cases.
	// A reclaim function that retires, or that ends a protection for which its
	// own domain waits, does not reclaim others inline. One that panics does so
	// in the caller, whose own object is retired, or protection ended, all
	// the same.
	ReclaimInline bool

	// StallAfter is how long an object may be pending before it is reported to
	// OnStall: because something protects it, or because its reclaim function
	// does not return. Age counts from the first scan that could see the
	// object. It is reported again whenever its age has doubled. Ages are
	// looked at four times in StallAfter, but not more often than once in a
	// millisecond. 0 means never.
	StallAfter time.Duration

	// OnStall is called with each stall, one at a time, on a goroutine of its
	// own. It may block; then up to 256 wait for it, and more are only counted,
	// in Stats.Stalls. Close waits for it, so it must not call Close: that
	// panics. If it panics, the program ends. nil means that stalls are logged
	// as warnings by log/slog.
	OnStall func(Stall)

	// Trace remembers where hazard pointers were acquired, for
	// [Stall].Acquired: every Holder made, and one in 16 of the Guards
	// acquired, in the whole process, while the domain is open. A Guard that is
	// traced costs about a microsecond. Where no open domain wants it, Acquire
	// has one load and a branch for it, and a Holder nothing.
	Trace bool
}

const (
	defaultScanPercent = 20
	defaultScanned     = 4096
	defaultQueued      = 4096
)

// options returns what the reclaimer is told, for so many Ps.
func (c Config) options(procs int) reclaim.Options {
	queued, scanned := uintptr(defaultQueued), defaultScanned
	if c.MaxPending > 0 {
		each := max(1, c.MaxPending/2/procs)
		queued, scanned = uintptr(each), max(1, c.MaxPending-each*procs)
	}
	return reclaim.Options{
		Name: c.Name, Workers: c.Workers, ScanPercent: c.ScanPercent,
		Queued: queued, Scanned: scanned, MaxPendingBytes: c.MaxPendingBytes, Inline: c.ReclaimInline,
		StallAfter: c.StallAfter,
	}
}

// complete returns c with every 0 replaced by what it means. It panics where c
// makes no sense.
func (c Config) complete() Config {
	for _, field := range []struct {
		name  string
		value int64
	}{{"Workers", int64(c.Workers)}, {"ScanPercent", int64(c.ScanPercent)}, {"MaxPending", int64(c.MaxPending)},
		{"MaxPendingBytes", c.MaxPendingBytes}, {"StallAfter", int64(c.StallAfter)}} {
		if field.value < 0 {
			panic(fmt.Sprintf("hazptr: Config.%s is %d, want 0 or more", field.name, field.value))
		}
	}
	if c.Workers == 0 {
		c.Workers = max(2, runtime.GOMAXPROCS(0))
	}
	if c.ScanPercent > 100 {
		panic(fmt.Sprintf("hazptr: Config.ScanPercent is %d, want 100 or less", c.ScanPercent))
	}
	if c.ScanPercent == 0 {
		c.ScanPercent = defaultScanPercent
	}
	if c.OnStall == nil {
		c.OnStall = logStall
	}
	return c
}
