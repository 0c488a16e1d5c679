package conformance

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/cachedref"
)

type label struct{ released atomic.Int64 }

func newLabel() (*label, *cachedref.Ref[label]) {
	l := new(label)
	return l, cachedref.New(l, func(l *label) { l.released.Add(1) })
}

// "kref usage gets replaced with a tuple of { kref users; s64 refs; }": a cache is a user, and keeps the object without a reference.
func TestCachedUserKeepsTheObject(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	if c.Get(ref) != l {
		t.Error("Get returns another object")
	}
	c.Put(ref)
	ref.Kill()
	wantReleased(t, &l.released, 0)
	c.Flush()
	wantReleased(t, &l.released, 1)
}

// "when a new label ... rolls up the local changes": the cache goes over to it.
func TestCachedGetOfAnotherObjectRollsOver(t *testing.T) {
	l, ref := newLabel()
	_, other := newLabel()
	c := cachedref.NewCache[label]()
	c.Get(ref)
	c.Put(ref)
	ref.Kill()
	c.Get(other)
	wantReleased(t, &l.released, 1)
	c.Put(other)
	c.Flush()
}

// "file->aa_label == current->aa_cached_label ... else kref_put": who doesn't hold the cache drops it elsewhere, before or after.
func TestCachedPutElsewhere(t *testing.T) {
	l, ref := newLabel()
	c, other := cachedref.NewCache[label](), cachedref.NewCache[label]()
	for range 3 {
		c.Get(ref)
	}
	other.Put(ref)
	ref.Put() // without any cache
	ref.Kill()
	c.Flush()
	wantReleased(t, &l.released, 0)
	other.Put(ref)
	wantReleased(t, &l.released, 1)
}

// "a thread which stubbornly refuses to allocate a new file obj may hold on to a stale label indefinitely": the generation counter is for that.
func TestCachedIdleCacheNotices(t *testing.T) {
	l, ref := newLabel()
	_, other := newLabel()
	c := cachedref.NewCache[label]()
	c.Get(ref)
	c.Put(ref)
	other.Kill()
	if c.FlushIfKilled() {
		t.Error("flushed, and another object was replaced")
	}
	ref.Kill()
	if !c.FlushIfKilled() {
		t.Error("not flushed, and the object was replaced")
	}
	wantReleased(t, &l.released, 1)
}

// Nobody comes to a replaced object any more, but for those who have it cached.
func TestCachedGetOfAKilledRef(t *testing.T) {
	l, ref := newLabel()
	c, other := cachedref.NewCache[label](), cachedref.NewCache[label]()
	c.Get(ref)
	ref.Kill()
	if other.Get(ref) != nil {
		t.Error("Get of a killed Ref succeeds in a Cache that does not cache it")
	}
	if c.Get(ref) != l {
		t.Error("Get of a killed Ref fails in the Cache that caches it")
	}
	if other.Get(nil) != nil {
		t.Error("Get of nil")
	}
	c.Put(ref)
	c.Put(ref)
	c.Flush()
	wantReleased(t, &l.released, 1)
	if c.Get(ref) != nil {
		t.Error("Get of a released object succeeds")
	}
	mustPanic(t, "cachedref: Kill of a Ref that was killed already", ref.Kill)
}

// "on destruction it decrements users and rolls up the local changes": a Cache that is forgotten does so when it is collected.
func TestCachedForgottenCacheIsFlushed(t *testing.T) {
	l, ref := newLabel()
	func() {
		c := cachedref.NewCache[label]()
		c.Get(ref)
		c.Put(ref)
	}()
	ref.Kill()
	for end := time.Now().Add(soon); l.released.Load() == 0; runtime.GC() {
		if time.Now().After(end) {
			t.Fatal("never released")
		}
	}
	wantReleased(t, &l.released, 1)
}

// Each object is released once, after its last reference, whoever drops that, while objects are replaced.
func TestCachedReleasedOnce(t *testing.T) {
	var current atomic.Pointer[cachedref.Ref[label]]
	_, ref := newLabel()
	current.Store(ref)
	var stop atomic.Bool
	var users sync.WaitGroup
	for range 3 {
		users.Go(func() {
			c := cachedref.NewCache[label]()
			defer c.Flush()
			for !stop.Load() {
				ref := current.Load()
				if l := c.Get(ref); l != nil {
					if l.released.Load() != 0 {
						t.Error("a released object is used")
					}
					c.Put(ref)
				}
			}
		})
	}
	var all []*label
	for range 2000 {
		l, next := newLabel()
		all = append(all, l)
		current.Swap(next).Kill()
	}
	stop.Store(true)
	users.Wait()
	current.Load().Kill()
	for _, l := range all {
		wantReleased(t, &l.released, 1)
	}
}
