package prom

import (
	"fmt"
	"iter"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// A Collector shows the domains that it is given, and the figures of the
// process. It keeps each domain alive until the domain is closed or forgotten,
// also where the program has dropped it. All methods may be called by any
// goroutine at any time, before and after it is registered.
//
// A program that shows all its domains needs no Collector: see [All]. A
// registry takes one of either, and refuses a second, which would show the
// process twice.
type Collector struct {
	mu      sync.Mutex
	domains map[*hazptr.Domain]bool // those given, less those found closed
	enough  int                     // domains, before Add leaves out the closed
}

// NewCollector returns a Collector for these domains, or for [hazptr.Default]
// if there are none. It panics as Add does.
func NewCollector(domains ...*hazptr.Domain) *Collector {
	c := &Collector{domains: map[*hazptr.Domain]bool{}}
	if len(domains) == 0 {
		domains = []*hazptr.Domain{hazptr.Default()}
	}
	for _, d := range domains {
		c.Add(d)
	}
	return c
}

// Add shows d from the next scrape on, until d is closed or forgotten. A nil d
// means [hazptr.Default]. Adding a domain again does nothing, nor does adding a
// closed one. Add panics if d has no [hazptr.Config].Name, which is its label.
func (c *Collector) Add(d *hazptr.Domain) {
	if d == nil {
		d = hazptr.Default()
	}
	if d.Config().Name == "" {
		panic(fmt.Sprintf("hazptr/prom: the domain at %p has no Config.Name, which is to be its label: give it one", d))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.domains) >= c.enough {
		c.leaveOutClosed() // a scrape does it too, but there may be none
		c.enough = 2*len(c.domains) + 16
	}
	c.domains[d] = true
}

// Forget shows d no more, from the next scrape on. A nil d means
// [hazptr.Default]. Forgetting a domain that was not added does nothing.
func (c *Collector) Forget(d *hazptr.Domain) {
	if d == nil {
		d = hazptr.Default()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.domains, d)
}

// Describe is for the registry.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) { describe(ch) }

// Collect is for the registry.
func (c *Collector) Collect(ch chan<- prometheus.Metric) { collect(ch, c.open()) }

// A labelled is an open domain.
type labelled struct {
	label  string
	domain *hazptr.Domain
}

// open returns those given that are still open.
func (c *Collector) open() iter.Seq2[string, *hazptr.Domain] {
	c.mu.Lock()
	found := c.leaveOutClosed()
	c.mu.Unlock()
	return func(yield func(string, *hazptr.Domain) bool) {
		for _, f := range found {
			if !yield(f.label, f.domain) {
				return
			}
		}
	}
}

// leaveOutClosed drops the closed domains, and returns the others. The caller
// holds mu: a domain that is made and added meanwhile must not be dropped.
func (c *Collector) leaveOutClosed() (found []labelled) {
	open := map[*hazptr.Domain]bool{}
	for label, d := range hazptr.Domains() {
		if c.domains[d] {
			open[d] = true
			found = append(found, labelled{label, d})
		}
	}
	c.domains = open
	return found
}
