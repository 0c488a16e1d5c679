package cachedref

import (
	"runtime"
	"testing"

	"hazptr/internal/faulty"
	"hazptr/internal/unmade"
)

// When a release function does not return its object has been released, and
// the Get that came upon it has taken no reference to the other one.
func TestReleaseFails(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("on purpose") }, "Goexit": runtime.Goexit} {
		for call, end := range map[string]func(*Cache[object], *Ref[object]){
			"Get":           func(c *Cache[object], next *Ref[object]) { c.Get(next) },
			"Flush":         func(c *Cache[object], _ *Ref[object]) { c.Flush() },
			"FlushIfKilled": func(c *Cache[object], _ *Ref[object]) { c.FlushIfKilled() },
		} {
			released := 0
			first := New(new(object), func(*object) {
				released++
				fail()
			})
			second, o := newRef()
			c := NewCache[object]()
			c.Put(r2(c, first))
			first.Kill()
			faulty.Try(func() { end(c, second) })
			if released != 1 {
				t.Errorf("%s in %s: released %d times", name, call, released)
			}
			if c.Get(first) != nil {
				t.Errorf("%s in %s: Get returns a released object", name, call)
			}
			if c.Get(second) != o {
				t.Errorf("%s in %s: Get returns another object", name, call)
			}
			c.Put(second)
			second.Kill()
			c.Flush()
			wantReleased(t, o, 1)
		}
		released := 0
		r := New(new(object), func(*object) {
			released++
			fail()
		})
		faulty.Try(r.Kill)
		mustPanic(t, "cachedref: Kill of a Ref that was killed already", r.Kill)
		if released != 1 {
			t.Errorf("%s in Kill: released %d times", name, released)
		}
	}
}

// A release function may have made the Cache cache something else before it
// panics.
func TestReleaseUsesTheCacheAndFails(t *testing.T) {
	third, o := newRef()
	second, p := newRef()
	c := NewCache[object]()
	first := New(new(object), func(*object) {
		c.Put(r2(c, third))
		panic("on purpose")
	})
	c.Put(r2(c, first))
	first.Kill()
	faulty.Try(func() { c.Get(second) })
	second.Kill()
	wantReleased(t, p, 1)
	third.Kill()
	c.Flush()
	wantReleased(t, o, 1)
}

func TestUnmade(t *testing.T) {
	unmade.Methods[Ref[object]](t, "of a Ref that was not made by New")
	unmade.Methods[Cache[object]](t, "of a Cache that was not made by NewCache", "nil Get", "nil Put")
	c := NewCache[object]()
	mustPanic(t, "cachedref: Get of a Ref that was not made by New", func() { c.Get(new(Ref[object])) })
	mustPanic(t, "cachedref: Put of a Ref that was not made by New", func() { c.Put(new(Ref[object])) })
	mustPanic(t, "cachedref: Put of a Ref that was not made by New", func() { c.Put(nil) })
	if c.Get(nil) != nil || c.references != 0 || c.ref != c.none {
		t.Errorf("after a Get of nil: %d references", c.references)
	}
}
