package prom

import (
	"fmt"
	"iter"
	"sync"
	"weak"

	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// A Collector shows the domains that it is given, and the figures of the process. All methods may be called by any goroutine at any time, before and after it is registered.
//
// One that shows them all needs no Collector: see [All]. A registry takes one of either, and refuses a second, which would show the process twice.
type Collector struct {
	mu sync.Mutex
	// domains are those given, less those found closed or dropped. Weak, or a program that drops its domains would have to tell us.
	domains map[weak.Pointer[hazptr.Domain]]bool
}

// NewCollector returns a Collector for these domains, or for [hazptr.Default] if there are none. It panics as Add does.
func NewCollector(domains ...*hazptr.Domain) *Collector {
	c := &Collector{domains: map[weak.Pointer[hazptr.Domain]]bool{}}
	if len(domains) == 0 {
		domains = []*hazptr.Domain{hazptr.Default()}
	}
	for _, d := range domains {
		c.Add(d)
	}
	return c
}

// Add shows d from the next scrape on, until d is closed, dropped or forgotten. nil means [hazptr.Default]. To add it again does nothing, nor does adding a closed one.
// Add panics if d has no [hazptr.Config].Name, without which nobody could tell it from others.
func (c *Collector) Add(d *hazptr.Domain) {
	if d == nil {
		d = hazptr.Default()
	}
	if d.Config().Name == "" {
		panic(fmt.Sprintf("hazptr/prom: the domain at %p has no Config.Name, which is to be its label: give it one", d))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.domains[weak.Make(d)] = true
}

// Forget shows d no more, from the next scrape on. nil means [hazptr.Default]. To forget what was not added does nothing.
func (c *Collector) Forget(d *hazptr.Domain) {
	if d == nil {
		d = hazptr.Default()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.domains, weak.Make(d))
}

// Describe is for the registry.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) { describe(ch) }

// Collect is for the registry.
func (c *Collector) Collect(ch chan<- prometheus.Metric) { collect(ch, c.open()) }

// open returns those given that are still open, with their labels, and leaves out the others for good.
func (c *Collector) open() iter.Seq2[string, *hazptr.Domain] {
	type labelled struct {
		label  string
		domain *hazptr.Domain
	}
	var found []labelled
	open := map[weak.Pointer[hazptr.Domain]]bool{}
	c.mu.Lock()
	for label, d := range hazptr.Domains() { // under mu: a domain that is made and added meanwhile must not be left out for good
		if w := weak.Make(d); c.domains[w] {
			open[w] = true
			found = append(found, labelled{label, d})
		}
	}
	c.domains = open
	c.mu.Unlock()
	return func(yield func(string, *hazptr.Domain) bool) {
		for _, f := range found {
			if !yield(f.label, f.domain) {
				return
			}
		}
	}
}
