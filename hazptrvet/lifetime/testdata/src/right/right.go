// Package right uses Pointers, Guards and Holders as they are meant to be used.
// Nothing of it is reported.
package right

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"hazptr"
	"hazptr/rcu"
)

// A database is mapped memory.
type database struct {
	name    string
	data    []byte
	entries map[string]int
	lookups atomic.Int64
	next    atomic.Pointer[database]
}

func (d *database) unmap() {
	if err := syscall.Munmap(d.data); err != nil {
		log.Print(err)
	}
}

func (d *database) size() int64 { return int64(len(d.data)) }

func (d *database) lookup(key string) (int, error) {
	d.lookups.Add(1)
	n, ok := d.entries[key]
	if !ok {
		return 0, errors.New("no such key")
	}
	return n, nil
}

var (
	ctx     = context.Background()
	domain  = hazptr.NewDomain(hazptr.Config{Name: "databases"})
	current = hazptr.NewPointer(hazptr.PointerConfig[database]{
		Reclaim: (*database).unmap,
		Bytes:   (*database).size,
		Domain:  domain,
	}, nil)
	head atomic.Pointer[database]
)

// 1. The result of Do is copied out.
func lookup(key string) (n int, err error) {
	if !current.Do(func(d *database) { n, err = d.lookup(key) }) {
		return 0, errors.New("no database")
	}
	return n, err
}

// 2. So are its bytes and its strings.
func excerpt() (b []byte, s, name string) {
	current.Do(func(d *database) {
		b = bytes.Clone(d.data[8:16])
		s = string(d.data[:8])
		name = strings.Clone(d.name)
	})
	return b, s, name
}

// 3. And values that are made of it.
func sums() (total int, keys []string, byKey map[string]int) {
	byKey = map[string]int{}
	current.Do(func(d *database) {
		for key, n := range d.entries {
			total += n
			keys = append(keys, key)
			byKey[key] = n
		}
		total += int(d.data[0])
	})
	return total, keys, byKey
}

// 4. An error that was made inside.
func check() (err error) {
	current.Do(func(d *database) {
		if len(d.data) == 0 {
			err = fmt.Errorf("%s is empty", d.name)
		}
	})
	return err
}

// 5. Do replaces what it uses, and uses it again.
func reload(next *database) {
	current.Do(func(d *database) {
		current.Replace(next)
		log.Print("instead of ", d.name)
	})
}

// 6. A Guard for one use.
func guarded(key string) (int, error) {
	g := current.Acquire()
	defer g.Release()
	d := g.Ptr()
	if d == nil {
		return 0, errors.New("no database")
	}
	return d.lookup(key)
}

// 7. A Guard that is shared with a goroutine.
func logs() {
	g := current.Acquire()
	defer g.Release()
	go func(g hazptr.Guard[database]) {
		defer g.Release()
		log.Print(g.Ptr().name)
	}(g.Share())
}

// 8. With many, each of which releases its own.
func logsMany(n int, group *sync.WaitGroup) {
	g := current.Acquire()
	defer g.Release()
	for range n {
		share := g.Share()
		group.Go(func() {
			defer share.Release()
			log.Print(share.Ptr().name)
		})
	}
}

// 9. A walk under rcu, of which one object is kept.
func walk(r *rcu.Reader, name string) (hazptr.Guard[database], bool) {
	r.ReadLock()
	defer r.ReadUnlock()
	for d := head.Load(); d != nil; d = d.next.Load() {
		if d.name == name {
			return hazptr.Keep(d), true
		}
	}
	return hazptr.Guard[database]{}, false
}

// 10. Which is used beyond the section.
func keeps(r *rcu.Reader) string {
	r.ReadLock()
	g := hazptr.Keep(head.Load())
	r.ReadUnlock()
	defer g.Release()
	if d := g.Ptr(); d != nil {
		return d.name
	}
	return ""
}

// 11. The updater's side of that.
func removes(domain *rcu.Domain, d *database) {
	if head.CompareAndSwap(d, d.next.Load()) {
		domain.Call(func() { hazptr.Retire(d, (*database).unmap) })
	}
}

// 12. A Guard that is returned.
func open() (hazptr.Guard[database], error) {
	g := current.Acquire()
	if g.Ptr() == nil {
		return hazptr.Guard[database]{}, errors.New("no database")
	}
	return g, nil
}

// 13. And released by its caller.
func opens() error {
	g, err := open()
	if err != nil {
		return err
	}
	defer g.Release()
	log.Print(g.Ptr().name)
	return nil
}

// 14. A Guard that is stored, with what it protects, and released later.
type cursor struct {
	guard hazptr.Guard[database]
	at    *database
	rest  []byte
}

func newCursor() *cursor {
	c := &cursor{guard: current.Acquire()}
	c.at = c.guard.Ptr()
	c.rest = c.at.data
	return c
}

func (c *cursor) next() byte {
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

func (c *cursor) renew() {
	c.guard.Release()
	c.guard = current.Acquire()
	c.at = c.guard.Ptr()
}

func (c *cursor) close() {
	c.at, c.rest = nil, nil
	c.guard.Release()
}

// 15. A loop whose turn is a function with a defer.
func each(keys []string) (n int) {
	for _, key := range keys {
		func() {
			g := current.Acquire()
			defer g.Release()
			if m, err := g.Ptr().lookup(key); err == nil {
				n += m
			}
		}()
	}
	return n
}

// 16. A loop that acquires anew after it has released.
func polls(stop <-chan struct{}) {
	var g hazptr.Guard[database]
	defer g.Release()
	for {
		select {
		case <-stop:
			return
		default:
		}
		g.Release()
		g = current.Acquire()
		log.Print(g.Ptr().name)
	}
}

// 17. ReplaceAndWait returns what its caller ends.
func closes() error {
	old, err := current.ReplaceAndWait(ctx, nil)
	if err != nil {
		return err
	}
	if old != nil {
		old.unmap()
	}
	return domain.Close(ctx)
}

// 18. CompareAndReplace of what a Guard protects.
func grows(copied func(*database) *database) {
	for {
		g := current.Acquire()
		next := copied(g.Ptr())
		done := current.CompareAndReplace(g.Ptr(), next)
		g.Release()
		if done {
			return
		}
		next.unmap()
	}
}

// 19. A Pointer that is a field, and a method of it.
type server struct {
	present hazptr.Pointer[database]
	mu      sync.Mutex
	served  int
}

func newServer(first *database) *server {
	s := new(server)
	s.present.Init(hazptr.PointerConfig[database]{Reclaim: s.ended}, first)
	return s
}

func (s *server) ended(d *database) {
	s.mu.Lock()
	s.served += int(d.lookups.Load())
	s.mu.Unlock()
	d.unmap()
}

func (s *server) serve(keys <-chan string) {
	for key := range keys {
		s.present.Do(func(d *database) {
			if n, err := d.lookup(key); err == nil {
				s.mu.Lock()
				s.served += n
				s.mu.Unlock()
			}
		})
	}
}

// 20. A goroutine with a Holder of its own.
func reads(stop *atomic.Bool) (sum int) {
	h := hazptr.NewHolder[database]()
	defer h.Close()
	for !stop.Load() {
		if d := current.Protect(h); d != nil {
			sum += len(d.data)
		}
		h.Clear()
	}
	return sum
}

// 21. Work in parallel that Do waits for.
func sumsInParallel() (a, b int) {
	current.Do(func(d *database) {
		var group sync.WaitGroup
		half := len(d.data) / 2
		group.Go(func() { a = sumOf(d.data[:half]) })
		group.Go(func() { b = sumOf(d.data[half:]) })
		group.Wait()
	})
	return a, b
}

func sumOf(data []byte) (sum int) {
	for _, b := range data {
		sum += int(b)
	}
	return sum
}

// 22. An address that only serves to see whether the object has changed.
func watch(changed func()) {
	var last *database
	for range 10 {
		current.Do(func(d *database) {
			if d != last {
				changed()
			}
			last = d
		})
	}
}

// 23. A Guard handed over a channel.
func sends(to chan<- hazptr.Guard[database]) {
	g := current.Acquire()
	select {
	case to <- g:
	default:
		g.Release()
	}
}

// 24. Two Guards that take each other's places.
func walkByHand(name string) (found bool) {
	g := hazptr.Acquire(&head)
	for g.Ptr() != nil && g.Ptr().name != name {
		next := hazptr.Acquire(&g.Ptr().next)
		g.Release()
		g = next
	}
	found = g.Ptr() != nil
	g.Release()
	return found
}

// 25. Writes into a buffer of the caller's.
func fill(to []byte) (n int, w *bytes.Buffer) {
	w = new(bytes.Buffer)
	current.Do(func(d *database) {
		n = copy(to, d.data)
		w.Write(d.data)
		to = append(to, d.data...)
	})
	return n, w
}
