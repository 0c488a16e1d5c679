package hazptr

import (
	"container/list"
	"fmt"
	"iter"
	"runtime"
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
var named = domains{
	at:      map[weak.Pointer[Domain]]*list.Element{},
	labels:  map[string]bool{},
	numbers: map[string]*numbers{},
}

type domains struct {
	mu      sync.Mutex
	entries list.List // of domainEntry, in the order in which they were made
	at      map[weak.Pointer[Domain]]*list.Element
	labels  map[string]bool // of the entries
	numbers map[string]*numbers
}

// A domainEntry is there until its domain is closed or collected.
type domainEntry struct {
	domain weak.Pointer[Domain]
	name   string
	number int // among those of the same name
	label  string
}

type namedDomain struct {
	label  string
	domain *Domain
}

func (s *domains) add(d *Domain) {
	e := domainEntry{domain: weak.Make(d), name: d.config.Name}
	runtime.AddCleanup(d, s.take, e.domain)
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.numbers[e.name]
	if of == nil {
		of = new(numbers)
		s.numbers[e.name] = of
	}
	var others []int
	for e.label == "" || s.labels[e.label] {
		if e.number > 0 {
			others = append(others, e.number) // its label is the whole name of another domain
		}
		e.number = of.take()
		e.label = e.name
		if e.number > 1 {
			e.label = fmt.Sprintf("%s#%d", e.name, e.number)
		}
	}
	for _, number := range others {
		of.put(number)
	}
	s.labels[e.label] = true
	s.at[e.domain] = s.entries.PushBack(e)
}

func (s *domains) remove(d *Domain) { s.take(weak.Make(d)) }

// take takes the domain's entry out, unless it has done so before.
func (s *domains) take(d weak.Pointer[Domain]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.at[d]
	if at == nil {
		return
	}
	delete(s.at, d)
	e := s.entries.Remove(at).(domainEntry)
	delete(s.labels, e.label)
	of := s.numbers[e.name]
	if of.put(e.number); of.unused() {
		delete(s.numbers, e.name)
	}
}

func (s *domains) open() (open []namedDomain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at := s.entries.Front(); at != nil; at = at.Next() {
		e := at.Value.(domainEntry)
		if d := e.domain.Value(); d != nil {
			open = append(open, namedDomain{e.label, d})
		}
	}
	return open
}
