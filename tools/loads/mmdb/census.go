package main

import (
	"errors"
	"sync"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// A census counts the mappings that are alive. Only updaters and whoever unmaps touch it, never a lookup.
type census struct {
	mu        sync.Mutex
	alive     int
	bytes     int64
	most      int
	mostBytes int64
	outlived  *latency.Histogram // how long replaced mappings stayed
	errs      []error
}

func newCensus() *census { return &census{outlived: latency.NewHistogram()} }

func (c *census) born(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive++
	c.bytes += bytes
	c.most = max(c.most, c.alive)
	c.mostBytes = max(c.mostBytes, c.bytes)
}

// died notes the end of a mapping that was replaced at the time given; the last one of a round never was.
func (c *census) died(bytes int64, replaced time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive--
	c.bytes -= bytes
	if !replaced.IsZero() {
		c.outlived.Record(time.Since(replaced))
	}
}

// fail notes that a mapping did not end as it should.
func (c *census) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs = append(c.errs, err)
}

func (c *census) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive
}

// err tells what went wrong when mappings ended.
func (c *census) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.errs...)
}
