package hazptr

import (
	"container/heap"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"weak"
)

// Domains yields the open domains that have a Config.Name, in the order in
// which they were made. Each comes with a name that no other one has meanwhile:
// where two were given the same, the later is "name#2". It is for metrics and
// debug pages; [Default] is among them.
//
// It may be called by any goroutine. That a domain is yielded keeps none alive:
// one that was dropped is gone after a garbage collection.
func Domains() iter.Seq2[string, *Domain] {
	return func(yield func(string, *Domain) bool) {
		for _, n := range named.open() {
			if !yield(n.label, n.domain) {
				return
			}
		}
	}
}

// named has the domains with a name.
var named = domains{labels: map[string]*domainEntry{}, numbers: map[string]*numbers{}}

type domains struct {
	mu          sync.Mutex
	first, last *domainEntry // in the order in which they were made
	labels      map[string]*domainEntry
	numbers     map[string]*numbers // of the names that more than one has had
}

// A domainEntry is there until its domain is closed or collected.
type domainEntry struct {
	domain     weak.Pointer[Domain]
	name       string
	number     int // among those of the same name
	label      string
	prev, next *domainEntry
	out        bool
}

type namedDomain struct {
	label  string
	domain *Domain
}

// add takes d in, and returns its entry.
func (s *domains) add(d *Domain) *domainEntry {
	e := &domainEntry{domain: weak.Make(d), name: d.config.Name, number: 1, label: d.config.Name}
	runtime.AddCleanup(d, takeOut, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.labels[e.name] != nil || s.numbers[e.name] != nil {
		s.number(e)
	}
	s.labels[e.label] = e
	if e.prev = s.last; e.prev != nil {
		e.prev.next = e
	} else {
		s.first = e
	}
	s.last = e
	return e
}

// number gives e a number, and a label that no other has.
func (s *domains) number(e *domainEntry) {
	of := s.numbers[e.name]
	if of == nil {
		of = new(numbers)
		if s.labels[e.name].name == e.name {
			of.take() // that one's number is 1
		}
		s.numbers[e.name] = of
	}
	var others []int
	for e.number = of.take(); s.labels[e.labelled()] != nil; e.number = of.take() {
		others = append(others, e.number) // its label is the whole name of another domain
	}
	e.label = e.labelled()
	for _, number := range others {
		of.put(number)
	}
}

func (e *domainEntry) labelled() string {
	if e.number == 1 {
		return e.name
	}
	return fmt.Sprintf("%s#%d", e.name, e.number)
}

// takeOut is called when the domain has been collected.
func takeOut(e *domainEntry) { named.remove(e) }

// remove takes the entry out, unless that was done before.
func (s *domains) remove(e *domainEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.out {
		return
	}
	e.out = true
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		s.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		s.last = e.prev
	}
	e.prev, e.next = nil, nil
	delete(s.labels, e.label)
	if of := s.numbers[e.name]; of != nil {
		if of.put(e.number); of.unused() {
			delete(s.numbers, e.name)
		}
	}
}

func (s *domains) open() (open []namedDomain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.first; e != nil; e = e.next {
		if d := e.domain.Value(); d != nil {
			open = append(open, namedDomain{e.label, d})
		}
	}
	return open
}

// numbers hands out numbers from 1 on, the lowest free one first.
type numbers struct {
	free lowestFirst
	most int // that was ever handed out
}

func (n *numbers) take() int {
	if len(n.free) == 0 {
		n.most++
		return n.most
	}
	return heap.Pop(&n.free).(int)
}

func (n *numbers) put(number int) { heap.Push(&n.free, number) }

// unused reports whether all numbers are free.
func (n *numbers) unused() bool { return len(n.free) == n.most }

// lowestFirst is a heap.
type lowestFirst []int

func (h lowestFirst) Len() int           { return len(h) }
func (h lowestFirst) Less(i, j int) bool { return h[i] < h[j] }
func (h lowestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *lowestFirst) Push(number any)   { *h = append(*h, number.(int)) }

func (h *lowestFirst) Pop() any {
	last := len(*h) - 1
	number := (*h)[last]
	*h = (*h)[:last]
	return number
}
