// Package roster keeps lists of named things, for pages and metrics.
package roster

import (
	"container/heap"
	"container/list"
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
	mu      sync.Mutex // guards what follows
	entries list.List  // of entry, in the order in which they were added
	at      map[weak.Pointer[T]]*list.Element
	labels  map[string]bool // of the entries
	numbers map[string]*numbers
}

// An entry is there until it is removed or its thing is collected.
type entry[T any] struct {
	thing  weak.Pointer[T]
	name   string
	number int // among those of the same name
	label  string
}

// Add adds t.
func (r *Roster[T]) Add(name string, t *T) {
	e := entry[T]{thing: weak.Make(t), name: name}
	runtime.AddCleanup(t, r.take, e.thing)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at, r.labels, r.numbers = map[weak.Pointer[T]]*list.Element{}, map[string]bool{}, map[string]*numbers{}
	}
	of := r.numbers[name]
	if of == nil {
		of = new(numbers)
		r.numbers[name] = of
	}
	var others []int
	for e.label == "" || r.labels[e.label] {
		if e.number > 0 {
			others = append(others, e.number) // its label is the whole name of another thing
		}
		e.number = of.take()
		e.label = name
		if e.number > 1 {
			e.label = fmt.Sprintf("%s#%d", name, e.number)
		}
	}
	for _, number := range others {
		of.put(number)
	}
	r.labels[e.label] = true
	r.at[e.thing] = r.entries.PushBack(e)
}

// Remove takes t out, unless it is out already.
func (r *Roster[T]) Remove(t *T) { r.take(weak.Make(t)) }

func (r *Roster[T]) take(t weak.Pointer[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.at[t]
	if at == nil {
		return
	}
	delete(r.at, t)
	e := r.entries.Remove(at).(entry[T])
	delete(r.labels, e.label)
	of := r.numbers[e.name]
	if of.put(e.number); of.unused() {
		delete(r.numbers, e.name)
	}
}

// All yields the things, in the order in which they were added. Each comes with
// a label that no other one has meanwhile: where two were added by the same
// name, the later is "name#2".
func (r *Roster[T]) All() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for _, l := range r.labelled() {
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

func (r *Roster[T]) labelled() (all []labelled[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := r.entries.Front(); at != nil; at = at.Next() {
		e := at.Value.(entry[T])
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
