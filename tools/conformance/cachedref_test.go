package conformance

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/cachedref"
)

// A label is what a cachedref.Ref refers to.
type label struct{ released atomic.Int64 }

func newLabel() (*label, *cachedref.Ref[label]) {
	l := new(label)
	return l, cachedref.New(l, func(l *label) { l.released.Add(1) })
}

// A cache is a user, and keeps the object without a reference (Guzik's outline:
// "kref usage gets replaced with a touple of { kref users; s64 refs; }";
// cachedref: "a cache keeps its object alive for as long as it caches it").
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

// The maker has a reference, which Kill drops (cachedref: Ref).
func TestCachedMakersReference(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	for range 3 {
		c.Get(ref)
		c.Put(ref)
		c.Flush()
		wantReleased(t, &l.released, 0)
	}
	ref.Kill()
	wantReleased(t, &l.released, 1)
	if c.Get(ref) != nil {
		t.Error("Get of a released object succeeds")
	}
}

// Release is called once, with the object, by the call that drops the last
// reference: Put, Kill, Flush, or Get of another object (cachedref: Ref).
func TestCachedReleasedByWhoeverDropsTheLastReference(t *testing.T) {
	var c *cachedref.Cache[label]
	var ref, another *cachedref.Ref[label]
	drops := map[string]struct{ prepare, drop func() }{
		"Kill":               {func() {}, func() { ref.Kill() }},
		"Ref.Put":            {func() { c.Get(ref); c.Flush(); ref.Kill() }, func() { ref.Put() }},
		"Put of another one": {func() { c.Get(ref); c.Get(another); ref.Kill() }, func() { c.Put(ref) }},
		"Flush":              {func() { c.Get(ref); c.Put(ref); ref.Kill() }, func() { c.Flush() }},
		"FlushIfKilled":      {func() { c.Get(ref); c.Put(ref); ref.Kill() }, func() { c.FlushIfKilled() }},
		"Get of another one": {func() { c.Get(ref); c.Put(ref); ref.Kill() }, func() { c.Get(another) }},
	}
	for name, d := range drops {
		var releasedBy []string
		l := new(label)
		ref = cachedref.New(l, func(object *label) {
			if object != l {
				t.Errorf("%s: released with another object", name)
			}
			releasedBy = append(releasedBy, goroutine())
		})
		_, another = newLabel()
		c = cachedref.NewCache[label]()
		d.prepare()
		if len(releasedBy) != 0 {
			t.Errorf("%s: released too early", name)
		}
		by := ""
		elsewhere(t, func() {
			by = goroutine()
			d.drop()
			if len(releasedBy) != 1 { // before it has returned
				t.Errorf("%s: released %d times, want 1", name, len(releasedBy))
			}
		})
		c.Flush()
		if len(releasedBy) != 1 || releasedBy[0] != by {
			t.Errorf("%s: released by %v, want %s alone", name, releasedBy, by)
		}
	}
}

// Get of another object rolls over. What was counted goes to the object before
// ("rolls up the local changes. Similarly, if it turns out the label has to
// change": the outline). References that were taken stay taken.
func TestCachedGetOfAnotherObjectRollsOver(t *testing.T) {
	l, ref := newLabel()
	other, otherRef := newLabel()
	c := cachedref.NewCache[label]()
	for range 3 {
		c.Get(ref)
	}
	c.Put(ref)
	ref.Kill()
	if c.Get(otherRef) != other {
		t.Error("Get returns another object")
	}
	wantReleased(t, &l.released, 0) // two are left
	c.Put(ref)
	wantReleased(t, &l.released, 0)
	c.Put(ref)
	wantReleased(t, &l.released, 1)
	otherRef.Kill()
	c.Put(otherRef)
	wantReleased(t, &other.released, 0)
	c.Flush()
	wantReleased(t, &other.released, 1)
}

// A goroutine that has another object cached, or no cache, drops the reference
// at the object. It may do so before the taker's cache is flushed or after
// ("this is a file we inherited from another proc which had a different label
// ... kref_put": the outline).
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
	mustPanic(t, "cachedref: Put below zero", ref.Put)
	mustPanic(t, "cachedref: Put below zero", func() { other.Put(ref) })
	wantReleased(t, &l.released, 1)
}

// What a cache has counted may be negative, if more was dropped there than
// taken ("s64 refs": the outline).
func TestCachedLocalCountMayBeNegative(t *testing.T) {
	for _, takerFirst := range []bool{true, false} {
		l, ref := newLabel()
		taker, dropper := cachedref.NewCache[label](), cachedref.NewCache[label]()
		for range 5 {
			taker.Get(ref)
		}
		dropper.Get(ref)
		for range 6 {
			dropper.Put(ref)
		}
		ref.Kill()
		if takerFirst {
			taker.Flush()
		} else {
			dropper.Flush()
		}
		wantReleased(t, &l.released, 0)
		if takerFirst {
			dropper.Flush()
		} else {
			taker.Flush()
		}
		wantReleased(t, &l.released, 1)
	}
}

// Flush makes a cache forget. References that were taken stay taken, and a
// second Flush does nothing (cachedref: Flush).
func TestCachedFlush(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	c.Flush() // of nothing
	c.Get(ref)
	for range 3 {
		c.Flush()
	}
	ref.Kill()
	wantReleased(t, &l.released, 0)
	if c.FlushIfKilled() {
		t.Error("FlushIfKilled of a Cache of nothing reports that it has")
	}
	if c.Get(ref) != nil {
		t.Error("Get of a killed Ref succeeds in a Cache that was flushed")
	}
	c.Put(ref)
	wantReleased(t, &l.released, 1)
	c.Flush()
	wantReleased(t, &l.released, 1)
}

// A cache whose goroutine asks lets go of an object that was replaced, and of
// no other ("a thread which stubborly refuses ... may hold on to a stale label
// indefinitely ... I patched it up with a "cow" generation counter": the
// outline; cachedref: FlushIfKilled).
func TestCachedIdleCacheNotices(t *testing.T) {
	l, ref := newLabel()
	_, other := newLabel()
	c := cachedref.NewCache[label]()
	if c.FlushIfKilled() {
		t.Error("a Cache of nothing is flushed")
	}
	c.Get(ref)
	c.Put(ref)
	for range 2 {
		if c.FlushIfKilled() {
			t.Error("flushed, and nothing was replaced")
		}
	}
	other.Kill()
	for range 2 {
		if c.FlushIfKilled() {
			t.Error("flushed, and another object was replaced")
		}
	}
	ref.Kill()
	wantReleased(t, &l.released, 0)
	if !c.FlushIfKilled() {
		t.Error("not flushed, and the object was replaced")
	}
	wantReleased(t, &l.released, 1)
	if c.FlushIfKilled() {
		t.Error("flushed again")
	}
}

// Get of a replaced object fails, except in the caches that have it: there it
// goes on as before (cachedref: Get, Kill).
func TestCachedGetOfAKilledRef(t *testing.T) {
	l, ref := newLabel()
	kept, keptRef := newLabel()
	c, other := cachedref.NewCache[label](), cachedref.NewCache[label]()
	c.Get(ref)
	other.Get(keptRef)
	ref.Kill()
	for range 3 {
		if c.Get(ref) != l {
			t.Error("Get of a killed Ref fails in the Cache that caches it")
		}
		if other.Get(ref) != nil {
			t.Error("Get of a killed Ref succeeds in a Cache that does not cache it")
		}
	}
	// The Get that failed has left the Cache as it was.
	keptRef.Kill()
	if other.Get(keptRef) != kept {
		t.Error("a Get that failed has changed what is cached")
	}
	for range 4 {
		c.Put(ref)
	}
	wantReleased(t, &l.released, 0)
	c.Flush()
	wantReleased(t, &l.released, 1)
	if c.Get(ref) != nil || other.Get(ref) != nil {
		t.Error("Get of a released object succeeds")
	}
	other.Put(keptRef)
	other.Put(keptRef)
	wantReleased(t, &kept.released, 0)
	other.Flush()
	wantReleased(t, &kept.released, 1)
}

// Get of nil returns nil, and leaves the cache as it is (cachedref: Get).
func TestCachedGetOfNil(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	if c.Get(nil) != nil {
		t.Error("Get of nil returns an object")
	}
	c.Get(ref)
	if c.Get(nil) != nil {
		t.Error("Get of nil returns an object")
	}
	ref.Kill()
	if c.Get(ref) != l {
		t.Error("Get of nil has changed what is cached")
	}
	c.Put(ref)
	c.Put(ref)
	c.Flush()
	wantReleased(t, &l.released, 1)
}

// A cache that is forgotten is flushed when it is collected, whatever it has
// counted ("on destruction it decrements users and rolls up the local changes":
// the outline; cachedref: Cache). References stay taken.
func TestCachedForgottenCacheIsFlushed(t *testing.T) {
	for _, references := range []int{0, 2, -2} {
		l, ref := newLabel()
		taker := cachedref.NewCache[label]()
		for range max(0, -references) {
			taker.Get(ref)
		}
		func() {
			c := cachedref.NewCache[label]()
			c.Get(ref)
			for range 1 - references {
				c.Put(ref)
			}
			for range max(0, references-1) {
				c.Get(ref)
			}
		}()
		taker.Flush()
		ref.Kill()
		if references > 0 {
			for range 3 { // collected, and its finalizer run
				runtime.GC()
			}
			wantReleased(t, &l.released, 0)
			for range references {
				ref.Put()
			}
		}
		eventually(t, "a forgotten Cache lets go", func() bool { runtime.GC(); return l.released.Load() > 0 })
		wantReleased(t, &l.released, 1)
	}
}

// A release function may use the cache that called it, which by then has let go
// (cachedref: "by the call that drops the last one: a Put, a Kill, a Flush, or
// a Get").
func TestCachedReleaseMayUseTheCache(t *testing.T) {
	for _, how := range []string{"Flush", "Get", "FlushIfKilled"} {
		next, nextRef := newLabel()
		c := cachedref.NewCache[label]()
		var ref *cachedref.Ref[label]
		releases := 0
		ref = cachedref.New(new(label), func(*label) {
			releases++
			if c.Get(ref) != nil {
				t.Errorf("%s: release gets a reference to what is being released", how)
			}
			if c.Get(nextRef) != next {
				t.Errorf("%s: release gets no reference to another object", how)
			}
		})
		c.Get(ref)
		c.Put(ref)
		ref.Kill()
		references := 1
		switch how {
		case "Flush":
			c.Flush()
		case "FlushIfKilled":
			c.FlushIfKilled()
		case "Get":
			c.Get(nextRef)
			references++
		}
		if releases != 1 {
			t.Errorf("%s: released %d times", how, releases)
		}
		for range references {
			c.Put(nextRef)
		}
		nextRef.Kill()
		wantReleased(t, &next.released, 0)
		c.Flush()
		wantReleased(t, &next.released, 1)
	}
}

// A cache belongs to one goroutine at a time, and may be handed on (cachedref:
// Cache).
func TestCachedCacheIsHandedOn(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	for range 10 {
		elsewhere(t, func() { c.Get(ref) })
		elsewhere(t, func() { c.Put(ref) })
	}
	ref.Kill()
	elsewhere(t, func() {
		if !c.FlushIfKilled() {
			t.Error("not flushed")
		}
	})
	wantReleased(t, &l.released, 1)
}

// Each Put happens before release (cachedref: Ref). The race detector says so.
func TestCachedOrders(t *testing.T) {
	for range rounds(100) {
		var written [4]int
		sum := 0
		ref := cachedref.New(new(label), func(*label) {
			for _, w := range written {
				sum += w
			}
		})
		var users sync.WaitGroup
		handed := make(chan struct{}, 1)
		for i := range written {
			users.Go(func() {
				c := cachedref.NewCache[label]()
				c.Get(ref)
				written[i] = i + 1
				if i == 0 { // another goroutine drops it
					handed <- struct{}{}
				} else {
					c.Put(ref)
				}
				c.Flush()
			})
		}
		users.Go(func() {
			<-handed
			ref.Put()
		})
		returns(t, &users)
		ref.Kill()
		if sum != 1+2+3+4 {
			t.Fatalf("release has seen %d, want 10", sum)
		}
	}
}

// Misuse that can be seen (cachedref: Kill, New, NewCache).
func TestCachedMisuse(t *testing.T) {
	l, ref := newLabel()
	c := cachedref.NewCache[label]()
	c.Get(ref)
	ref.Kill()
	mustPanic(t, "cachedref: Kill of a Ref that was killed already", ref.Kill)
	wantReleased(t, &l.released, 0)
	c.Put(ref)
	c.Flush()
	wantReleased(t, &l.released, 1)
	mustPanic(t, "cachedref: Kill of a Ref that was killed already", ref.Kill)
	mustPanic(t, "cachedref: Put below zero", ref.Put)
	wantReleased(t, &l.released, 1)

	// One Put too many ends the object too early; its maker is told.
	l, ref = newLabel()
	ref.Put()
	wantReleased(t, &l.released, 1)
	mustPanic(t, "cachedref: Kill below zero", ref.Kill)

	_, ref = newLabel()
	mustPanic(t, "cachedref: New with a nil object", func() { cachedref.New(nil, func(*label) {}) })
	mustPanic(t, "cachedref: New with a nil release function", func() { cachedref.New(l, nil) })
	var zero cachedref.Cache[label]
	mustPanic(t, "cachedref: Get of a Cache that was not made by NewCache", func() { zero.Get(ref) })
	mustPanic(t, "cachedref: Flush of a Cache that was not made by NewCache", zero.Flush)
}
