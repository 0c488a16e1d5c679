package contest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/latency"
)

// A Census counts the objects of a round that are alive. Only what begins and
// what ends an object touches it, never a read.
type Census struct {
	what string // the objects' name

	mu               sync.Mutex
	alive, most      int
	bytes, mostBytes int64
	outlived         *latency.Histogram // from replaced to ended
	ends             error
}

// NewCensus returns the census of objects that are called so, such as
// "mappings".
func NewCensus(what string) *Census { return &Census{what: what, outlived: latency.NewHistogram()} }

// Count returns how many objects are alive.
func (c *Census) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive
}

// Died counts the end of an object, which was replaced at some time, or never.
func (c *Census) Died(bytes int64, replaced time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive--
	c.bytes -= bytes
	if !replaced.IsZero() {
		c.outlived.Record(time.Since(replaced))
	}
}

// Err returns what went wrong when objects ended, and an error if some are
// left.
func (c *Census) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alive != 0 {
		return errors.Join(c.ends, fmt.Errorf("%d %s are left at the end", c.alive, c.what))
	}
	return c.ends
}

func (c *Census) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = errors.Join(c.ends, err)
}

// A Life is the part of an object that its census knows.
type Life struct {
	Census   *Census
	Bytes    int64
	Replaced time.Time   // when another object took its place; the updater's
	Ended    atomic.Bool // set right before the object ends
}

// Begin is called when the object is there.
func (l *Life) Begin(c *Census, bytes int64) {
	l.Census, l.Bytes = c, bytes
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive++
	c.bytes += bytes
	c.most = max(c.most, c.alive)
	c.mostBytes = max(c.mostBytes, c.bytes)
}

// End ends the object by release, once.
func (l *Life) End(release func() error) {
	if !l.Ended.CompareAndSwap(false, true) {
		l.Census.fail(fmt.Errorf("one of the %s was ended twice", l.Census.what))
		return
	}
	if err := release(); err != nil {
		l.Census.fail(err)
	}
	l.Census.Died(l.Bytes, l.Replaced)
}
