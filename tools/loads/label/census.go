package main

import (
	"errors"
	"sync"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// A census counts the policies of a round.
type census struct {
	mu          sync.Mutex
	alive, most int
	outlived    *latency.Histogram // from replaced to ended
	problem     error
}

func newCensus() *census { return &census{outlived: latency.NewHistogram()} }

func (c *census) born() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive++
	c.most = max(c.most, c.alive)
}

// died counts the end of a policy, which was replaced at some time, or never.
func (c *census) died(replaced time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive--
	if !replaced.IsZero() {
		c.outlived.Record(time.Since(replaced))
	}
}

func (c *census) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problem = errors.Join(c.problem, err)
}

func (c *census) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive
}

func (c *census) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problem
}
