package live

import (
	"sync"
	"sync/atomic"

	"hazptr"
)

// A stock is what a Pool has: the items that are open, the calls that open one,
// and the number of items that have left. It closes nothing: what its methods
// return leaves, and the caller retires it without the lock.
type stock[K comparable, V any] struct {
	most   int                     // items that stay; 0: no bound
	open   func(K, *opening[K, V]) // opens an item, and lands
	calls  sync.WaitGroup          // of open; none begins when closed
	places index[K, *place[K, V]]  // mu guards all of it but load

	mu      sync.Mutex // guards what follows
	closed  bool
	opens   map[K]*opening[K, V]
	ring    []*place[K, V] // the places whose items are open
	hand    int            // where in ring the next to leave is looked for
	leaving int            // items that have left and are not closed
	none    wakeup         // leaving is 0
}

// A place is where the item of a key is found. It is not used again when its
// item has left.
type place[K comparable, V any] struct {
	item atomic.Pointer[item[K, V]]
	used atomic.Bool // since the hand came by
	at   int         // in ring; guarded by stock.mu
}

type item[K comparable, V any] struct {
	key   K
	value V
	_     byte // what has no size shares its address with others
}

// An opening is a call of Open for which Dos wait. It protects the item until
// each of them has a protection of its own, so that the item cannot leave
// before they have used it. The lock of the stock guards it.
type opening[K comparable, V any] struct {
	*flight
	guard   hazptr.Guard[item[K, V]]
	over    bool // no further Do may wait for it
	dropped bool // the item is for the Dos that wait, and for no other
}

func (s *stock[K, V]) init(most int, open func(K, *opening[K, V])) {
	s.most, s.open, s.opens = most, open, map[K]*opening[K, V]{}
}

// join finds the item of key, or an opening, of which the caller must leave,
// unless it is over: then there is another when it is done. It finds neither if
// the stock is closed. An item that nothing opens is opened as f, which is made
// without the lock: its values may be the user's.
func (s *stock[K, V]) join(key K, f *flight) (g hazptr.Guard[item[K, V]], o *opening[K, V], over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return g, nil, false
	}
	if at, ok := s.places.find(key); ok {
		at.used.Store(true)
		return hazptr.Acquire(&at.item), nil, false // it leaves under mu only
	}
	o = s.opens[key]
	switch {
	case o == nil:
		o = &opening[K, V]{flight: f}
		s.opens[key] = o
		s.calls.Go(func() { s.open(key, o) })
	case o.over:
		return g, o, true
	}
	o.waiters++
	return g, o, false
}

// leave ends the caller's wait. It returns the item, and whether the opening is
// done.
func (s *stock[K, V]) leave(o *opening[K, V]) (g hazptr.Guard[item[K, V]], done bool) {
	var last hazptr.Guard[item[K, V]]
	defer func() { last.Release() }() // without the lock
	s.mu.Lock()
	defer s.mu.Unlock()
	if done = over(o.done); done && o.err == nil {
		g = o.guard.Share()
	}
	if o.flight.leave() {
		o.over = true
		last, o.guard = o.guard, last
	}
	return g, done
}

// land ends an opening, with an item or an error; if the stock is closed, with
// the other error.
func (s *stock[K, V]) land(key K, o *opening[K, V], opened *item[K, V], err, ifClosed error) (leave []*item[K, V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.opens, key)
	if s.closed {
		err = ifClosed
	}
	if opened != nil {
		leave = s.add(key, o, opened)
	}
	o.land(err)
	return leave
}

// add puts an item in. It is called under mu.
func (s *stock[K, V]) add(key K, o *opening[K, V], opened *item[K, V]) (leave []*item[K, V]) {
	at := new(place[K, V])
	at.item.Store(opened)
	if o.waiters > 0 {
		o.guard = hazptr.Acquire(&at.item)
	}
	if s.closed || o.dropped {
		s.leaving++
		return []*item[K, V]{at.item.Swap(nil)}
	}
	at.used.Store(true)
	at.at = len(s.ring)
	s.ring = append(s.ring, at)
	s.places.store(key, at)
	return s.beyond(s.most)
}

// beyond takes out what is more than most. It is called under mu.
func (s *stock[K, V]) beyond(most int) (leave []*item[K, V]) {
	for s.most > 0 && len(s.ring) > max(0, most) {
		leave = append(leave, s.victim())
	}
	return leave
}

// room makes room for what is being opened.
func (s *stock[K, V]) room() (leave []*item[K, V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beyond(s.most - len(s.opens))
}

// victim takes out an item that was not used since the hand came by last. It is
// called under mu.
func (s *stock[K, V]) victim() *item[K, V] {
	for {
		s.hand = (s.hand + 1) % len(s.ring)
		if at := s.ring[s.hand]; !at.used.Swap(false) {
			return s.takeOut(at)
		}
	}
}

// takeOut is called under mu.
func (s *stock[K, V]) takeOut(at *place[K, V]) *item[K, V] {
	last := s.ring[len(s.ring)-1]
	s.ring[at.at], last.at = last, at.at
	s.ring[len(s.ring)-1] = nil
	s.ring = s.ring[:len(s.ring)-1]
	i := at.item.Swap(nil)
	s.places.remove(i.key)
	s.leaving++
	return i
}

// drop takes out the item of key. One that is being opened leaves when it is
// there.
func (s *stock[K, V]) drop(key K) (leave []*item[K, V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.opens[key]; o != nil {
		o.over, o.dropped = true, true
	}
	if at, ok := s.places.find(key); ok {
		leave = append(leave, s.takeOut(at))
	}
	return leave
}

// left notes that an item that has left is closed.
func (s *stock[K, V]) left() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leaving--; s.leaving == 0 {
		s.none.ring()
	}
}

// close takes everything out, and lets nothing in.
func (s *stock[K, V]) close() (leave []*item[K, V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, o := range s.opens {
		o.cancel()
	}
	for len(s.ring) > 0 {
		leave = append(leave, s.takeOut(s.ring[0]))
	}
	return leave
}

func (s *stock[K, V]) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// gone waits, when the stock is closed, until nothing is opened and all that
// has left is closed.
func (s *stock[K, V]) gone() {
	s.calls.Wait()
	for none := s.some(); none != nil; none = s.some() {
		<-none
	}
}

// some returns nil if nothing that has left is not closed, and otherwise what
// is closed when that has become so.
func (s *stock[K, V]) some() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leaving == 0 {
		return nil
	}
	return s.none.wait()
}

// unclosed returns how many have left and are not closed.
func (s *stock[K, V]) unclosed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaving
}
