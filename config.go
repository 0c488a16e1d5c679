package hazptr

import (
	"fmt"
	"runtime"
	"time"
)

// A Config says how a [Domain] reclaims. The zero Config is a good one.
type Config struct {
	// Name stands in errors and panics.
	Name string

	// Workers is how many goroutines run reclaim functions, at most. One whose reclaim function blocks is one fewer for the others. 0 means
	// GOMAXPROCS at the time of NewDomain, but at least 2.
	Workers int

	// FlushInterval is the shortest time between two scans that nobody waits for, when less than half of what may be pending is: the longest that
	// an object which nobody protects stays, if its reclaim function is called at once and a P is free. 0 means 1ms. Where there are so many hazard
	// pointers that a scan takes longer than a twentieth of it, scans are rarer.
	//
	// With every P busy a scan waits for its turn, as any goroutine does: for 10ms, the scheduler's time slice, or a few of them.
	FlushInterval time.Duration

	// MaxPending is how many retired objects may be pending in the domain before Retire slows its caller down, so that reclaim can catch up. Retire
	// then wakes the domain's goroutines and waits, for as long as reclaim functions return; where none does, because all Workers are in functions that
	// block, for some tens of milliseconds. It does not wait when called by a reclaim function, and never calls one itself.
	//
	// The bound is kept, that is, unless reclaim functions block or themselves retire. Half of MaxPending is for objects that wait for the next scan,
	// shared evenly between the Ps (at least one each); half for those that were scanned, which are protected or wait for a worker. More than MaxPending/2
	// hazards in use raise the second half: it is at least twice their number.
	//
	// 0 means 4096 for the scanned and 2048 for each P, 8,192 in all on two cores. GOMAXPROCS is looked at by NewDomain; each P that is added later adds
	// its share. The price of the bound is time: with reclaim functions of 5ms, a Retire above it has been held up for seconds.
	MaxPending int
}

const (
	defaultFlushInterval = time.Millisecond
	defaultScanned       = 4096
	defaultQueued        = 2048
)

// limits returns the bounds that MaxPending sets: how many objects may wait in each P's queue, and how many may have been scanned.
func (c Config) limits(procs int) (queued uintptr, scanned int) {
	if c.MaxPending == 0 {
		return defaultQueued, defaultScanned
	}
	each := max(1, c.MaxPending/2/procs)
	return uintptr(each), max(1, c.MaxPending-each*procs)
}

// complete returns c with every 0 replaced by what it means. It panics where c makes no sense.
func (c Config) complete() Config {
	for _, field := range []struct {
		name  string
		value int64
	}{{"Workers", int64(c.Workers)}, {"FlushInterval", int64(c.FlushInterval)}, {"MaxPending", int64(c.MaxPending)}} {
		if field.value < 0 {
			panic(fmt.Sprintf("hazptr: Config.%s is %d, want 0 or more", field.name, field.value))
		}
	}
	if c.Workers == 0 {
		c.Workers = max(2, runtime.GOMAXPROCS(0))
	}
	if c.FlushInterval == 0 {
		c.FlushInterval = defaultFlushInterval
	}
	return c
}
