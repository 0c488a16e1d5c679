// Package roster keeps lists of named things, for pages and metrics.
package roster

import (
	"container/heap"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"weak"
)

// A Roster has things by name, and keeps none of them alive: one that is
// dropped is gone after a garbage collection. The zero Roster is empty. Its
// methods may be called by any goroutine.
type Roster[T any] struct {
	mu          sync.Mutex // guards what follows, and the entries
	first, last *Entry[T]  // in the order in which they were added
	labels      map[string]*Entry[T]
	numbers     map[string]*numbers // of the names that more than one has had
}

// An Entry is in its Roster until it is removed or its thing is collected.
type Entry[T any] struct {
	thing      weak.Pointer[T]
	name       string
	number     int // among those of the same name
	label      string
	prev, next *Entry[T]
	out        bool
}

// Add adds t, and returns its entry.
func (r *Roster[T]) Add(name string, t *T) *Entry[T] {
	e := &Entry[T]{thing: weak.Make(t), name: name, number: 1, label: name}
	runtime.AddCleanup(t, r.Remove, e)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.labels == nil {
		r.labels, r.numbers = map[string]*Entry[T]{}, map[string]*numbers{}
	}
	if r.labels[name] != nil || r.numbers[name] != nil {
		r.number(e)
	}
	r.labels[e.label] = e
	if e.prev = r.last; e.prev != nil {
		e.prev.next = e
	} else {
		r.first = e
	}
	r.last = e
	return e
}

// number gives e a number, and a label that no other has. It is called under
// mu.
func (r *Roster[T]) number(e *Entry[T]) {
	of := r.numbers[e.name]
	if of == nil {
		of = new(numbers)
		if r.labels[e.name].name == e.name {
			of.take() // that one's number is 1
		}
		r.numbers[e.name] = of
	}
	var others []int
	for e.number = of.take(); r.labels[e.labelled()] != nil; e.number = of.take() {
		// Its label is the whole name of another thing.
		others = append(others, e.number)
	}
	e.label = e.labelled()
	for _, number := range others {
		of.put(number)
	}
}

func (e *Entry[T]) labelled() string {
	if e.number == 1 {
		return e.name
	}
	return fmt.Sprintf("%s#%d", e.name, e.number)
}

// Remove takes e out, unless it is out already.
func (r *Roster[T]) Remove(e *Entry[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.out {
		return
	}
	e.out = true
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		r.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		r.last = e.prev
	}
	e.prev, e.next = nil, nil
	delete(r.labels, e.label)
	if of := r.numbers[e.name]; of != nil {
		if of.put(e.number); of.unused() {
			delete(r.numbers, e.name)
		}
	}
}

// All yields the things, in the order in which they were added. Each comes with
// a label that no other one has meanwhile: where two were added by the same
// name, the later is "name#2".
func (r *Roster[T]) All() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for _, l := range r.present() {
			if !yield(l.label, l.thing) {
				return
			}
		}
	}
}

type labelled[T any] struct {
	label string
	thing *T
}

func (r *Roster[T]) present() (all []labelled[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := r.first; e != nil; e = e.next {
		if t := e.thing.Value(); t != nil {
			all = append(all, labelled[T]{e.label, t})
		}
	}
	return all
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
