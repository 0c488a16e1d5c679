package conformance

import (
	"context"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"hazptr"
)

// A random sequence of calls by one goroutine, against a list of who protects what: an object is never reclaimed while it is protected, and is after a Flush once it
// is not.
func TestHazardPointersProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type object struct{ reclaimed atomic.Int64 }
		d := hazptr.NewDomain(hazptr.Config{FlushInterval: 1})
		source := hazptr.NewPointer(d, new(object))
		const n = 3
		var holders []*hazptr.Holder[object]
		held := make([]*object, n) // by each Holder
		for range n {
			h := hazptr.NewHolder[object]()
			defer h.Close()
			holders = append(holders, h)
		}
		var guards []hazptr.Guard[object]
		var retired []*object
		protected := func(o *object) bool {
			for _, h := range held {
				if h == o {
					return true
				}
			}
			for i := range guards {
				if guards[i].Ptr() == o {
					return true
				}
			}
			return false
		}
		index := rapid.IntRange(0, n-1)
		t.Repeat(map[string]func(*rapid.T){
			"Protect": func(t *rapid.T) {
				i := index.Draw(t, "holder")
				held[i] = source.Protect(holders[i])
				if held[i] != source.Peek() {
					t.Fatal("Protect returns another object")
				}
			},
			"Clear": func(t *rapid.T) {
				i := index.Draw(t, "holder")
				holders[i].Clear()
				held[i] = nil
			},
			"Acquire": func(t *rapid.T) {
				if len(guards) > 10 {
					t.Skip("enough")
				}
				guards = append(guards, source.Acquire())
			},
			"Release": func(t *rapid.T) {
				if len(guards) == 0 {
					t.Skip("there are no Guards")
				}
				i := rapid.IntRange(0, len(guards)-1).Draw(t, "guard")
				guards[i].Release()
				guards = append(guards[:i], guards[i+1:]...)
			},
			"Replace": func(t *rapid.T) {
				retired = append(retired, source.Peek())
				source.Replace(new(object), func(o *object) { o.reclaimed.Add(1) })
			},
			"Flush": func(t *rapid.T) {
				if err := d.Flush(context.Background()); err != nil {
					t.Fatal(err)
				}
				for _, o := range retired {
					if !protected(o) && o.reclaimed.Load() != 1 {
						t.Fatal("an object that nothing protects has not been reclaimed by a Flush")
					}
				}
			},
			"Synchronize": func(t *rapid.T) {
				ended, cancel := context.WithCancel(context.Background())
				cancel()
				o := new(object)
				if len(retired) > 0 {
					o = retired[len(retired)-1]
				}
				if err := hazptr.Synchronize(ended, o); (err != nil) != protected(o) {
					t.Fatalf("Synchronize: %v; protected: %t", err, protected(o))
				}
			},
			"": func(t *rapid.T) {
				for _, o := range retired {
					if n := o.reclaimed.Load(); n > 1 || n == 1 && protected(o) {
						t.Fatalf("an object was reclaimed %d times; protected: %t", n, protected(o))
					}
				}
			},
		})
		for i := range guards {
			guards[i].Release()
		}
		for _, h := range holders {
			h.Clear()
		}
		if err := d.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, o := range retired {
			if o.reclaimed.Load() != 1 {
				t.Fatal("Close has not reclaimed an object")
			}
		}
	})
}
