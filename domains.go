package hazptr

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"weak"
)

// Domains yields the open domains that have a Config.Name, in the order in which they were made, each with a name that no other one has meanwhile: where two were given the same, the
// later is "name#2". It is for metrics and debug pages; [Default] is among them.
//
// It may be called by any goroutine. That a domain is yielded keeps none alive: one that was dropped is gone after a garbage collection.
func Domains() iter.Seq2[string, *Domain] {
	return func(yield func(string, *Domain) bool) {
		for _, n := range named.open() {
			if !yield(n.label, n.domain) {
				return
			}
		}
	}
}

// Config returns the domain's configuration, with what was chosen where it was 0: for MaxPending, what GOMAXPROCS makes of it now.
func (d *Domain) Config() Config {
	d.check("Config")
	c := d.config
	if c.MaxPending == 0 {
		c.MaxPending = defaultScanned + runtime.GOMAXPROCS(0)*defaultQueued
	}
	return c
}

// named has the domains with a name.
var named domains

type domains struct {
	mu      sync.Mutex
	entries []domainEntry
	enough  int // entries, before those of domains that were dropped are taken out
}

type domainEntry struct {
	label  string
	domain weak.Pointer[Domain]
}

type namedDomain struct {
	label  string
	domain *Domain
}

func (s *domains) add(d *Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= s.enough {
		s.entries = slices.DeleteFunc(s.entries, func(e domainEntry) bool { return e.domain.Value() == nil })
		s.enough = 2*len(s.entries) + 16
	}
	taken := make(map[string]bool, len(s.entries))
	for _, e := range s.entries {
		if e.domain.Value() != nil {
			taken[e.label] = true
		}
	}
	label := d.config.Name
	for n := 2; taken[label]; n++ {
		label = fmt.Sprintf("%s#%d", d.config.Name, n)
	}
	s.entries = append(s.entries, domainEntry{label, weak.Make(d)})
}

func (s *domains) remove(d *Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = slices.DeleteFunc(s.entries, func(e domainEntry) bool { return e.domain == weak.Make(d) })
}

func (s *domains) open() (open []namedDomain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if d := e.domain.Value(); d != nil {
			open = append(open, namedDomain{e.label, d})
		}
	}
	return open
}
