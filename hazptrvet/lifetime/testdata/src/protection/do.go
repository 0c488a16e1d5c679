package protection

import (
	"context"
	"log"
	"sync"
	"testing"
	"time"

	"hazptr"
)

var borrowed *config

func assigned() string {
	var c *config
	current.Do(func(o *config) {
		c = o // want `the protected pointer is assigned to a variable outside the function, but its protection ends when Do returns: .*; use it inside, copy what is needed, or acquire a Guard outside`
	})
	return c.name
}

func returnedByName() (c *config) {
	current.Do(func(o *config) { c = o }) // want `is assigned to a variable outside the function`
	return
}

func returnedWithBool() (c *config, ok bool) {
	ok = current.Do(func(o *config) { c = o }) // want `is assigned to a variable outside the function`
	return c, ok
}

func addressOfField() *string {
	var name *string
	current.Do(func(o *config) { name = &o.name }) // want `is assigned to a variable outside the function`
	return name
}

func asInterface() any {
	var v any
	current.Do(func(o *config) { v = o }) // want `is assigned to a variable outside the function`
	return v
}

func inClosure() func() string {
	var f func() string
	current.Do(func(o *config) {
		f = func() string { return o.name } // want `is assigned to a variable outside the function`
	})
	return f
}

func appended() (all []*config) {
	for range 3 {
		current.Do(func(o *config) {
			all = append(all, o) // want `the protected pointer is assigned to a variable outside the function`
		})
	}
	return all
}

func inStruct() request {
	var r request
	current.Do(func(o *config) {
		r.config = o // want `is stored where it stays, but its protection ends when Do returns`
	})
	return r
}

func inLiteral() *request {
	var r *request
	current.Do(func(o *config) {
		r = &request{config: o} // want `is assigned to a variable outside the function`
	})
	return r
}

func inElement(all []*config) {
	current.Do(func(o *config) {
		all[0] = o // want `is stored where it stays`
	})
}

func inMap() map[string]*config {
	m := map[string]*config{}
	current.Do(func(o *config) {
		m[o.name] = o // want `is stored where it stays`
	})
	return m
}

func inGlobal() {
	current.Do(func(o *config) {
		o.hits.Add(1)
		serve(o)
		last = o // want `is stored where it stays`
	})
}

func afterWrite(other func(*config)) {
	current.Do(func(o *config) {
		o.name = "x"
		other(o)
		last = o // want `is stored where it stays`
	})
}

func (r *request) inField() {
	current.Do(func(o *config) {
		r.config = o // want `is stored where it stays`
	})
}

func sent(to chan<- *config) {
	current.Do(func(o *config) {
		to <- o // want `is sent on, but its protection ends when Do returns`
	})
}

func spawned() {
	current.Do(func(o *config) {
		go serve(o) // want `is used by this goroutine, but its protection ends when Do returns: .*; acquire a Guard in the goroutine`
	})
}

func spawnedClosure() {
	current.Do(func(o *config) {
		go func() { // want `is used by this goroutine`
			log.Print(o.name)
		}()
	})
}

func inGroup(group *sync.WaitGroup) {
	current.Do(func(o *config) {
		group.Go(func() { serve(o) }) // want `is used by this goroutine`
	})
	group.Wait()
}

func calledLater(ctx context.Context, t *testing.T) {
	current.Do(func(o *config) {
		time.AfterFunc(time.Second, func() { serve(o) })          // want `is used by this function, which is called later`
		stop := context.AfterFunc(ctx, func() { log.Print("!") }) // right
		t.Cleanup(func() { serve(o) })                            // want `is used by this function, which is called later`
		stop()
	})
}

func keep(o *config) {
	last = o // want `is stored where it stays, but its protection ends when Do returns`
}

func named() { current.Do(keep) }

func (r *request) keep(o *config) {
	r.config = o // want `is stored where it stays`
}

func methodValue(r *request) { current.Do(r.keep) }

func (c *config) keepSelf() {
	last = c // want `is stored where it stays`
}

func methodExpression() { current.Do((*config).keepSelf) }

func inVariable() {
	use := func(o *config) {
		last = o // want `is stored where it stays`
	}
	current.Do(use)
}

func staleNextTime() {
	var before *config
	for range 2 {
		current.Do(func(o *config) {
			if before != nil {
				log.Print(before.name)
			}
			before = o // want `is assigned to a variable outside the function`
		})
	}
}

func inClosureWithGuard() string {
	var c *config
	func() {
		g := current.Acquire()
		defer g.Release()
		c = g.Ptr() // want `is assigned to a variable outside the function, but its protection ends when the function returns`
	}()
	return c.name
}

func notUnlinked(h *hazptr.Holder[config], next *config) {
	c := current.Protect(h)
	current.CompareAndReplace(c, next)
	h.Clear()
	log.Print(c.name) // want `used after line 200 has ended its protection`
}

// What follows is right.

func comparedAfter(want *config) bool {
	var c *config
	current.Do(func(o *config) { c = o })
	return c == want
}

func changed() (changed bool) {
	var before *config
	for range 2 {
		current.Do(func(o *config) {
			changed = before != o
			before = o
		})
	}
	return changed
}

func takenBack() {
	current.Do(func(o *config) {
		borrowed = o
		serve(o)
		borrowed = nil
	})
}

func takenBackAfter() *config {
	var c *config
	current.Do(func(o *config) {
		c = o
		serve(c)
	})
	c = nil
	return c
}

func waitedFor(done chan struct{}, to chan<- *config) {
	current.Do(func(o *config) {
		go func() {
			serve(o)
			close(done)
		}()
		<-done
		to <- o
		<-done
	})
}

func waitedForGroup() {
	current.Do(func(o *config) {
		var group sync.WaitGroup
		group.Go(func() { serve(o) })
		group.Wait()
	})
}

func countedInDo() (c *config) {
	current.Do(func(o *config) {
		o.retain()
		c = o
	})
	return c
}

func underLock(mu *sync.Mutex) {
	current.Do(func(o *config) {
		mu.Lock()
		byName[o.name] = o // Reclaim may take it out
		mu.Unlock()
	})
}

func deferredInside() {
	current.Do(func(o *config) {
		defer serve(o)
		defer func() { log.Print(o.name) }()
	})
}

func localSlice() (n int) {
	current.Do(func(o *config) {
		var all []*config
		all = append(all, o)
		n = len(all)
	})
	return n
}

type element struct {
	name string
	next *element
}

var (
	first    hazptr.Pointer[element]
	elements hazptr.Holder[element]
)

// A writer, which tries later whether the other is still the first.
func newElement() *element {
	defer elements.Clear()
	return &element{next: first.Protect(&elements)}
}
