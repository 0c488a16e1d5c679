package hazptr

import (
	"container/heap"
	"container/list"
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
