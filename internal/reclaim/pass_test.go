package reclaim

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
	"weak"

	"hazptr/internal/litmus"
)

// A pass keeps exactly what a hazard holds, with fewer hazards than objects and
// with more, hazards of others among them, and several of one object.
func TestPassKeepsWhatIsProtected(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct{ objects, hazards int }{{1, 0}, {1, 1}, {1000, 0}, {1000, 3}, {1000, 1000}, {10, 3000}, {600, 3000}} {
		d := NewDomain(Config{})
		d.bell.state.Store(awake) // the test is the scanner
		objects, others := make([]object, c.objects), make([]object, 100)
		protected := map[unsafe.Pointer]bool{}
		hazards := make([]*Holder[object], c.hazards)
		held := make([]*object, c.hazards) // nil where it is none of ours
		holding := int64(0)
		for i := range hazards {
			hazards[i] = NewHolder[object]()
			if random.IntN(3) == 0 {
				hazards[i].Set(&others[random.IntN(len(others))])
				continue
			}
			p := &objects[random.IntN(len(objects))]
			hazards[i].Set(p)
			held[i] = p
			protected[unsafe.Pointer(p)] = true
			holding++
		}
		for i := range objects {
			RetireIn(d, &objects[i], 0, func(*object) {})
		}
		// Before the second pass every other hazard goes, and notifies.
		for range 2 {
			d.pass.run()
			if d.pass.live() != len(protected) {
				t.Errorf("%+v: %d kept, want %d", c, d.pass.live(), len(protected))
			}
			for r := range d.pass.all {
				if !protected[r.at] {
					t.Fatalf("%+v: kept an object that nothing holds", c)
				}
			}
			if s := d.Stats(); s.Holding != holding {
				t.Errorf("%+v: Holding is %d, want %d", c, s.Holding, holding)
			}
			clear(protected)
			holding = 0
			for i, h := range hazards {
				if i%2 == 0 {
					h.Clear()
				} else if held[i] != nil {
					protected[unsafe.Pointer(held[i])] = true
					holding++
				}
			}
		}
		for _, h := range hazards {
			h.Close()
		}
		d.bell.state.Store(asleep)
		d.bell.ring()
		closeDomain(t, d)
	}
}

// One hazard pointer keeps all objects at its address. They do not starve the
// scanner, and end when it is cleared.
func TestObjectsAtOneAddress(t *testing.T) {
	d := NewDomain(Config{MaxPending: 4})
	object := new([8]int)
	p := unsafe.Pointer(object)
	h := NewHolder[[8]int]()
	defer h.Close()
	h.Set(object) // it is not unlinked before it is retired
	var ended atomic.Int64
	retireAs[[8]int](d, p, &ended)
	retireAs[[7]int](d, p, &ended)
	retireAs[[6]int](d, p, &ended)
	retireAs[[5]int](d, p, &ended)
	retireAs[[4]int](d, p, &ended)
	retireAs[[3]int](d, p, &ended)
	retireAs[[2]int](d, p, &ended)
	retireAs[[1]int](d, p, &ended)
	litmus.Eventually(t, "all are kept", func() bool { return d.Stats().Holding == 8 })
	for range 10 {
		RetireIn(d, new(int), 0, func(*int) {})
		if err := d.Flush(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
	if s := d.Stats(); s.Pending != 8 || ended.Load() != 0 {
		t.Errorf("%d ended while they are protected; %+v", ended.Load(), s)
	}
	h.Clear()
	closeDomain(t, d)
	if n := ended.Load(); n != 8 {
		t.Errorf("%d of 8 ended", n)
	}
}

// retireAs retires the T at p, which is the first part of a larger object.
func retireAs[T any](d *Domain, p unsafe.Pointer, ended *atomic.Int64) {
	RetireIn(d, (*T)(p), 0, func(*T) { ended.Add(1) })
}

// BenchmarkPass is a pass over 1,000 retired objects and the calls of their
// reclaim functions, with so many hazard pointers in use that hold others:
// µs/pass without the fence, and fence-µs.
func BenchmarkPass(b *testing.B) {
	for _, hazards := range []int{0, 4096, 65_536} {
		b.Run(fmt.Sprintf("hazards=%d", hazards), func(b *testing.B) {
			open := make([]*Holder[object], hazards)
			for i := range open {
				open[i] = NewHolder[object]()
				open[i].Set(new(object))
			}
			d := NewDomain(Config{})
			d.bell.state.Store(awake) // the benchmark is the scanner
			d.ledger.crew.limit = 0   // and the worker
			objects := make([]object, 1000)
			reclaim := func(*object) {}
			spent := time.Duration(0)
			for range b.N {
				for i := range objects {
					RetireIn(d, &objects[i], 0, reclaim)
				}
				begun := time.Now()
				d.pass.turn.take()
				d.pass.make(false)
				d.pass.unlock()
				d.ledger.hire(false).work()
				spent += time.Since(begun)
			}
			s := d.Stats()
			if want := int64(b.N * len(objects)); s.Reclaimed != want {
				b.Fatalf("%d reclaimed, want %d", s.Reclaimed, want)
			}
			fence := s.FenceTime
			b.ReportMetric(float64((spent-fence).Nanoseconds())/float64(b.N)/1000, "µs/pass")
			b.ReportMetric(float64(fence.Nanoseconds())/float64(b.N)/1000, "fence-µs")
			b.ReportMetric(0, "ns/op")
			for _, h := range open {
				h.Close()
			}
		})
	}
}

// Of an object that is reclaimed no pointer stays where others are kept.
func TestReclaimedBesideKept(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[object]
	var guards [3]Guard[object]
	var ended [3]atomic.Bool
	var objects [3]weak.Pointer[object]
	for i := range guards {
		source.Store(new(object))
		guards[i] = Acquire(&source)
		objects[i] = weak.Make(source.Load())
		RetireIn(d, source.Swap(nil), 0, func(*object) { ended[i].Store(true) })
	}
	litmus.Eventually(t, "all are kept", func() bool { return d.pass.now().kept == 3 })
	guards[1].Release()
	guards[1] = Guard[object]{}
	litmus.Eventually(t, "it has been reclaimed", ended[1].Load)
	litmus.Eventually(t, "the collector finds it", func() bool { runtime.GC(); return objects[1].Value() == nil })
	if objects[0].Value() == nil || objects[2].Value() == nil {
		t.Error("what is kept has been collected")
	}
	guards[0].Release()
	guards[2].Release()
	closeDomain(t, d)
}
