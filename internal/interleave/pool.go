package interleave

import "sync"

// A Pool has what any Thread may end, such as Guards. A Thread that put
// something in must see that it is out before it waits for another Thread, and
// before it ends. Another Thread may have ended it by then.
type Pool[T any] struct {
	mu   sync.Mutex // held for moments in which there is no point
	held []owned[T]
}

// An owned is something in a Pool.
type owned[T any] struct {
	owner *Thread
	thing T
}

// Put puts something in.
func (p *Pool[T]) Put(owner *Thread, thing T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, owned[T]{owner, thing})
}

// Take takes what has the number, or the last thing, if there is any.
func (p *Pool[T]) Take(i int) (thing T, some bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) == 0 {
		return thing, false
	}
	return p.remove(min(i, len(p.held)-1)), true
}

// TakeOf takes something that the owner has put in, if there is any. With a nil
// owner it takes what any Thread has put in.
func (p *Pool[T]) TakeOf(owner *Thread) (thing T, some bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.held {
		if owner == nil || p.held[i].owner == owner {
			return p.remove(i), true
		}
	}
	return thing, false
}

func (p *Pool[T]) remove(i int) T {
	thing := p.held[i].thing
	p.held = append(p.held[:i], p.held[i+1:]...)
	return thing
}
