package conformance

import (
	"testing"

	"pgregory.net/rapid"

	"hazptr/cachedref"
)

// A random sequence of calls by the owners of three caches, against a plain count of who has what.
func TestCachedProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 3
		type model struct {
			ref      *cachedref.Ref[label]
			label    *label
			count    int // references, the maker's too
			killed   bool
			released bool
		}
		objects := make([]*model, n)
		var caches []*cachedref.Cache[label]
		caching := make([]*model, n)
		for i := range n {
			l, ref := newLabel()
			objects[i] = &model{ref: ref, label: l, count: 1}
			caches = append(caches, cachedref.NewCache[label]())
		}
		settle := func() {
			for _, m := range objects {
				users := 0
				for _, c := range caching {
					if c == m {
						users++
					}
				}
				m.released = m.released || m.count == 0 && users == 0
			}
		}
		index := rapid.IntRange(0, n-1)
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
			"Put": func(t *rapid.T) {
				c, m := index.Draw(t, "cache"), objects[index.Draw(t, "object")]
				if m.count == 0 || m.count == 1 && !m.killed {
					t.Skip("the last one is the maker's")
				}
				if rapid.Bool().Draw(t, "without a cache") {
					m.ref.Put()
				} else {
					caches[c].Put(m.ref)
				}
				m.count--
			},
			"Kill": func(t *rapid.T) {
				m := objects[index.Draw(t, "object")]
				if m.killed {
					mustPanic(t, "killed already", m.ref.Kill)
					return
				}
				m.ref.Kill()
				m.killed = true
				m.count--
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
			"": func(t *rapid.T) {
				settle()
				for i, m := range objects {
					if got := m.label.released.Load() == 1; got != m.released || m.label.released.Load() > 1 {
						t.Fatalf("object %d was released %d times; %d references", i, m.label.released.Load(), m.count)
					}
				}
			},
		})
	})
}
