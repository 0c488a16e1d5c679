package hazptr

import (
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
)

// Whichever is released last ends the protection, and each of them once.
func TestShare(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}} {
		var source atomic.Pointer[int]
		p := new(int)
		source.Store(p)
		guards := []Guard[int]{Acquire(&source)}
		guards = append(guards, guards[0].Share(), guards[0].Share())
		guards = append(guards, guards[1].Share()) // of a shared one
		copies := append([]Guard[int](nil), guards...)
		for i, n := range order {
			if guards[n].Ptr() != p {
				t.Fatal("a shared Guard has another object")
			}
			if !protects(p) {
				t.Fatalf("%v: not protected, and %d are held", order, len(order)-i)
			}
			guards[n].Release()
			guards[n].Release() // nothing
			again, shared := copies[n], copies[n]
			if i < len(order)-1 {
				litmus.MustPanic(t, "a copy has been released already", again.Release)
				litmus.MustPanic(t, "Share of a Guard that has been released", func() { shared.Share() }) //hazptrvet:ignore there is none
			}
		}
		if protects(p) {
			t.Fatalf("%v: protected after all were released", order)
		}
		for _, again := range copies {
			litmus.MustPanic(t, "a copy has been released already", again.Release)
		}
		next := Acquire(&source) // in the same slot
		again := copies[0]
		litmus.MustPanic(t, "a copy has been released already", again.Release)
		if !protects(p) {
			t.Fatal("the copy released another Guard")
		}
		next.Release()
	}
	none := new(Guard[int]).Share()
	if none.Ptr() != nil {
		t.Error("a share of the zero Guard has an object")
	}
	none.Release()
}

// Goroutines share one Guard, and what they got, at the same time.
func TestShareByMany(t *testing.T) {
	d := NewDomain(Config{})
	defer closeDomain(t, d)
	for range 200 {
		var source atomic.Pointer[atomic.Bool]
		source.Store(new(atomic.Bool)) // whether it has ended
		g := Acquire(&source)
		RetireIn(d, source.Swap(nil), 0, func(ended *atomic.Bool) { ended.Store(true) })
		var sharing, using sync.WaitGroup
		for range 4 {
			sharing.Go(func() {
				for range 4 {
					s := g.Share()
					using.Go(func() {
						defer s.Release()
						other := s.Share()
						defer other.Release()
						if s.Ptr().Load() || other.Ptr().Load() {
							t.Error("a Guard's object has ended")
						}
					})
				}
			})
		}
		sharing.Wait()
		g.Release()
		using.Wait()
	}
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Error(err)
	}
	if s := d.Stats(); s.Pending != 0 {
		t.Errorf("%d objects are pending", s.Pending)
	}
}

func BenchmarkShare(b *testing.B) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	b.Run("acquire", func(b *testing.B) {
		for b.Loop() {
			g := Acquire(&source)
			g.Release()
		}
	})
	b.Run("share", func(b *testing.B) {
		g := Acquire(&source)
		defer g.Release()
		for b.Loop() {
			s := g.Share()
			s.Release()
		}
	})
}

// A copy of the Guard that was acquired finds nothing to release at any moment
// of the last release: what it would end may be another's by then.
func TestReleaseOfACopyBesideTheLastShare(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	other := new(int)
	for range 2000 {
		g := Acquire(&source)
		stale := g
		s := g.Share()
		g.Release()
		var wg sync.WaitGroup
		wg.Go(s.Release)
		litmus.MustPanic(t, "a copy has been released already", stale.Release)
		wg.Wait()
		source.Store(other)
		next := Acquire(&source)
		if !protects(other) {
			t.Fatal("the copy released another Guard")
		}
		next.Release()
	}
}
