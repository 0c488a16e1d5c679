package conformance

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hazptr/cachedref"
)

// A random sequence of calls by the owners of three caches, against a plain
// count of what each has.
func TestCachedProperty(t *testing.T) {
	check(t, 10000, func(t *rapid.T) {
		const n = 3
		type model struct {
			ref      *cachedref.Ref[label]
			label    *label
			count    int // references, the maker's too
			killed   bool
			released bool
		}
		var all []*model
		create := func() *model {
			l, ref := newLabel()
			m := &model{ref: ref, label: l, count: 1}
			all = append(all, m)
			return m
		}
		objects := make([]*model, n) // where users look them up
		var caches []*cachedref.Cache[label]
		caching := make([]*model, n)
		for i := range n {
			objects[i] = create()
			caches = append(caches, cachedref.NewCache[label]())
		}
		look := func(t *rapid.T) {
			for i, m := range all {
				if m.count == 0 && !slices.Contains(caching, m) {
					m.released = true
				}
				if got := m.label.released.Load(); got > 1 || (got == 1) != m.released {
					t.Fatalf("object %d was released %d times, and has %d references; want: %t", i, got, m.count, m.released)
				}
			}
		}
		index := rapid.IntRange(0, n-1)
		drop := func(t *rapid.T) *model {
			m := all[rapid.IntRange(0, len(all)-1).Draw(t, "object")]
			if m.count == 0 || m.count == 1 && !m.killed {
				t.Skip("the last one is the maker's")
			}
			m.count--
			return m
		}
		t.Repeat(map[string]func(*rapid.T){
			"Get": func(t *rapid.T) {
				c, m := index.Draw(t, "cache"), objects[index.Draw(t, "object")]
				got := caches[c].Get(m.ref)
				if want := caching[c] == m || !m.killed; want != (got == m.label) || !want && got != nil {
					t.Fatalf("Get returns %p, the object is %p; cached: %t, killed: %t", got, m.label, caching[c] == m, m.killed)
				}
				if got != nil {
					caching[c] = m
					m.count++
				}
			},
			"Get of nil": func(t *rapid.T) {
				if caches[index.Draw(t, "cache")].Get(nil) != nil {
					t.Fatal("Get of nil returns an object")
				}
			},
			"Put":                func(t *rapid.T) { caches[index.Draw(t, "cache")].Put(drop(t).ref) },
			"Put, by no cache's": func(t *rapid.T) { drop(t).ref.Put() },
			"Kill": func(t *rapid.T) {
				m := objects[index.Draw(t, "object")]
				if m.killed {
					mustPanic(t, "cachedref: Kill of a Ref that was killed already", m.ref.Kill)
					return
				}
				m.ref.Kill()
				m.killed = true
				m.count--
			},
			"replace": func(t *rapid.T) {
				i := index.Draw(t, "object")
				if !objects[i].killed {
					t.Skip("it is what users look up")
				}
				objects[i] = create()
			},
			"Flush": func(t *rapid.T) {
				c := index.Draw(t, "cache")
				caches[c].Flush()
				caching[c] = nil
			},
			"FlushIfKilled": func(t *rapid.T) {
				c := index.Draw(t, "cache")
				want := caching[c] != nil && caching[c].killed
				if got := caches[c].FlushIfKilled(); got != want {
					t.Fatalf("FlushIfKilled is %t, want %t", got, want)
				}
				if want {
					caching[c] = nil
				}
			},
			"": look,
		})
		// When all is given back, all is released.
		for i, c := range caches {
			c.Flush()
			caching[i] = nil
		}
		for _, m := range all {
			if !m.killed {
				m.ref.Kill()
				m.count--
			}
			for ; m.count > 0; m.count-- {
				m.ref.Put()
			}
		}
		look(t)
	})
}
