package cachedref

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got, ok := recover().(string); !ok || !strings.Contains(got, want) {
			t.Fatalf("panic with %q, want one that contains %q", got, want)
		}
	}()
	f()
}

type object struct{ released atomic.Int64 }

func newRef() (*Ref[object], *object) {
	o := new(object)
	return New(o, func(o *object) { o.released.Add(1) }), o
}

func wantReleased(t *testing.T, o *object, want int64) {
	t.Helper()
	if got := o.released.Load(); got != want {
		t.Fatalf("released %d times, want %d", got, want)
	}
}

func TestMisuse(t *testing.T) {
	mustPanic(t, "cachedref: New with a nil object", func() { New[object](nil, func(*object) {}) })
	mustPanic(t, "cachedref: New with a nil release function", func() { New(new(object), nil) })
	r, _ := newRef()
	mustPanic(t, "cachedref: Get of a Cache that was not made by NewCache", func() { new(Cache[object]).Get(r) })
	mustPanic(t, "cachedref: Flush of a Cache that was not made by NewCache", func() { new(Cache[object]).Flush() })
	r.Kill()
	mustPanic(t, "cachedref: Kill of a Ref that was killed already", r.Kill)
	mustPanic(t, "cachedref: Put below zero: the count is -1", r.Put)

	c := NewCache[object]()
	r, _ = newRef()
	c.Get(r)
	c.references = references
	mustPanic(t, "cachedref: Flush of 549755813888 references, want fewer than 549755813888 either way", c.Flush)
	other, _ := newRef()
	mustPanic(t, "cachedref: Flush of 549755813888 references", func() { c.Get(other) })
	if c.ref != r || c.references != references || other.count.Load() != 1 {
		t.Fatal("what was refused has changed something")
	}
	c.references = 1
	c.Flush()
	r, _ = newRef()
	r.count.Store(user * (users - 1))
	mustPanic(t, "cachedref: Get of a Ref that 4194303 caches have", func() { c.Get(r) })
	c.ref = c.none
}

// While it is cached nothing of a reference is seen in the Ref, and it may be
// dropped elsewhere first.
func TestCountsOfACache(t *testing.T) {
	r, o := newRef()
	c, other := NewCache[object](), NewCache[object]()
	for range 2 {
		if c.Get(r) != o {
			t.Fatal("Get returns another object")
		}
	}
	if got := r.count.Load(); got != 1+user {
		t.Fatalf("the count is %#x", got)
	}
	other.Put(r) // drops what c has counted
	if got := r.count.Load(); got != user {
		t.Fatalf("the count is %#x", got)
	}
	r.Kill()
	if got := r.count.Load(); got != user-1 {
		t.Fatalf("the count is %#x", got)
	}
	wantReleased(t, o, 0)
	c.Put(r)
	wantReleased(t, o, 0) // c still caches it
	c.Flush()
	wantReleased(t, o, 1)
	if r.object != nil {
		t.Fatal("a released object is pointed to")
	}
	if c.Get(r) != nil || other.Get(r) != nil {
		t.Fatal("Get returns a released object")
	}
}

func TestFlushKeepsReferences(t *testing.T) {
	r, o := newRef()
	c := NewCache[object]()
	c.Get(r)
	c.Flush()
	r.Kill()
	wantReleased(t, o, 0)
	c.Put(r)
	wantReleased(t, o, 1)
}

func TestAnotherObjectRollsOver(t *testing.T) {
	first, a := newRef()
	second, b := newRef()
	c := NewCache[object]()
	c.Get(first)
	if c.Get(second) != b {
		t.Fatal("Get returns another object")
	}
	first.Kill()
	wantReleased(t, a, 0)
	c.Put(first)
	wantReleased(t, a, 1)
	c.Put(second)
	c.Flush()
	second.Kill()
	wantReleased(t, b, 1)
}

func TestFlushIfKilled(t *testing.T) {
	r, o := newRef()
	other, _ := newRef()
	c := NewCache[object]()
	if c.FlushIfKilled() {
		t.Fatal("a Cache of nothing was flushed")
	}
	c.Put(r2(c, r))
	other.Kill()
	if c.FlushIfKilled() || c.ref != r {
		t.Fatal("flushed, and another Ref was killed")
	}
	r.Kill()
	wantReleased(t, o, 0)
	if !c.FlushIfKilled() || c.FlushIfKilled() {
		t.Fatal("not flushed, or twice")
	}
	wantReleased(t, o, 1)
}

func r2(c *Cache[object], r *Ref[object]) *Ref[object] {
	c.Get(r)
	return r
}

// A Ref that is killed while a Cache takes it up is either refused or noticed
// later.
func TestKillIsNotMissed(t *testing.T) {
	c := NewCache[object]()
	for range 20_000 {
		r, o := newRef()
		killed := make(chan struct{})
		go func() {
			r.Kill()
			close(killed)
		}()
		runtime.Gosched()
		if c.Get(r) != nil {
			c.Put(r)
		}
		<-killed
		c.FlushIfKilled()
		wantReleased(t, o, 1)
	}
}

func TestForgottenCacheIsFlushed(t *testing.T) {
	r, o := newRef()
	func() {
		c := NewCache[object]()
		c.Get(r)
		c.Get(r)
		c.Put(r)
	}()
	r.Kill()
	for deadline := time.Now().Add(litmus.Soon); r.count.Load() != 1; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("the count is %#x", r.count.Load())
		}
	}
	wantReleased(t, o, 0) // a reference that was taken stays taken
	r.Put()
	wantReleased(t, o, 1)
}

// A release function that uses the Cache whose Flush called it.
func TestReleaseFunctionUsesTheCache(t *testing.T) {
	c := NewCache[object]()
	third, o := newRef()
	first := New(new(object), func(*object) { c.Get(third) })
	second, p := newRef()
	c.Put(r2(c, first))
	first.Kill()
	if c.Get(second) != p {
		t.Fatal("Get returns another object")
	}
	c.Put(second)
	c.Put(third)
	second.Kill()
	third.Kill()
	c.Flush()
	wantReleased(t, o, 1)
	wantReleased(t, p, 1)
}

// However references are taken and dropped, each object is released once, after
// the last of them.
func TestReleasedOnce(t *testing.T) {
	var current atomic.Pointer[Ref[object]]
	first, _ := newRef()
	current.Store(first)
	var all []*object
	var stop atomic.Bool
	handed := make(chan *Ref[object], 100)
	var users sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			c := NewCache[object]()
			defer c.Flush()
			var looks litmus.Looks
			for i := user; !stop.Load(); i++ {
				looks.Next()
				r := current.Load()
				o := c.Get(r)
				if o == nil {
					continue
				}
				if o.released.Load() != 0 {
					t.Error("a released object is used")
				}
				if i%3 == 0 {
					select {
					case handed <- r: // for another one to drop
						continue
					default:
					}
				}
				c.Put(r)
				if i%5 == 0 {
					select {
					case other := <-handed:
						c.Put(other)
					default:
					}
				}
				if i%1000 == 0 {
					c.Flush()
				}
			}
		})
	}
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline); {
		next, o := newRef()
		all = append(all, o)
		current.Swap(next).Kill()
		runtime.Gosched()
	}
	stop.Store(true)
	users.Wait()
	for len(handed) > 0 {
		(<-handed).Put()
	}
	current.Load().Kill()
	for i, o := range all {
		if n := o.released.Load(); n != 1 {
			t.Fatalf("object %d of %d was released %d times", i, len(all), n)
		}
	}
}

// References that a cache has taken and that were dropped elsewhere must not
// cancel the cache itself.
func TestDriftIsFoundBeforeItReleases(t *testing.T) {
	r, o := newRef()
	c := NewCache[object]()
	c.Get(r)
	c.references += references / 2
	r.count.Add(-references / 2) // as many Puts elsewhere, less one
	r.Put()
	mustPanic(t, "cachedref: Put: caches have 274877906945 references more than were dropped in them", r.Put)
	wantReleased(t, o, 0)
	r.count.Add(1)
	if c.FlushIfKilled() || c.references != 0 || c.ref != r {
		t.Fatalf("flushed, or %d references are left in the cache", c.references)
	}
	if got := r.count.Load(); got != user+1 {
		t.Fatalf("the count is %#x", got)
	}
	c.Flush()
	r.Kill()
	wantReleased(t, o, 1)
}
