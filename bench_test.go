package hazptr

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

type object struct {
	value int
	_     [48]byte
}

var sink int

func BenchmarkLoad(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		n += source.Load().value
	}
	sink = n
}

func BenchmarkHolder(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	h := NewHolder[object]()
	defer h.Close()
	n := 0
	for range b.N {
		n += h.Protect(&source).value
		h.Clear()
	}
	sink = n
}

func BenchmarkGuard(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		g := Acquire(&source)
		n += g.Ptr().value
		g.Release()
	}
	sink = n
}

// BenchmarkGuardAmongMany acquires and releases while 10,000 other Guards are
// held.
func BenchmarkGuardAmongMany(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	others := make([]Guard[object], 10_000)
	for i := range others {
		others[i] = Acquire(&source)
	}
	BenchmarkGuard(b)
	for i := range others {
		others[i].Release()
	}
}

// BenchmarkGuardInBursts holds 1,000 Guards at a time, among 10,000 others: no
// slot is free twice in a row.
func BenchmarkGuardInBursts(b *testing.B) {
	for _, n := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("others=%d", n), func(b *testing.B) {
			var source atomic.Pointer[object]
			source.Store(&object{value: 1})
			others := make([]Guard[object], n)
			for i := range others {
				others[i] = Acquire(&source)
			}
			burst := make([]Guard[object], 1000)
			for i := 0; i < b.N; i += len(burst) {
				for i := range burst {
					burst[i] = Acquire(&source)
				}
				for i := range burst {
					burst[i].Release()
				}
			}
			for i := range others {
				others[i].Release()
			}
		})
	}
}

func BenchmarkNewHolder(b *testing.B) {
	for range b.N {
		NewHolder[object]().Close()
	}
}

// BenchmarkRetire is an update without its swap, by one or more, while a reader
// stays on one object: ns/op is what the caller pays, slowed down as it is to
// keep the bound; cpu-ns/op is what all threads pay until the last object is
// reclaimed; most-pending is the garbage.
func BenchmarkRetire(b *testing.B) {
	for _, retirers := range []int{1, 2} {
		b.Run(fmt.Sprintf("by=%d", retirers), func(b *testing.B) { benchmarkRetire(b, retirers) })
	}
}

func benchmarkRetire(b *testing.B, retirers int) {
	d := NewDomain(Config{})
	var source atomic.Pointer[object]
	source.Store(new(object))
	stalled := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*object) {})
	reclaim := func(*object) {}
	b.ReportAllocs()
	var most atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	before := cpuTime()
	for range retirers {
		wg.Go(func() {
			p := new(object)
			for i := range b.N / retirers {
				RetireIn(d, p, 0, reclaim)
				if i%4096 == 4095 {
					most.Store(max(most.Load(), d.Stats().Pending))
				}
			}
		})
	}
	wg.Wait()
	if err := d.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(most.Load()), "most-pending")
	b.StopTimer()
	stalled.Release()
	closeDomain(b, d)
}

func BenchmarkRWMutex(b *testing.B) {
	var mu sync.RWMutex
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		mu.RLock()
		n += source.Load().value
		mu.RUnlock()
	}
	sink = n
}

// BenchmarkReadBesideFences reads with a Guard while another goroutine replaces
// the object a thousand times a second, each time with a fence. HAZPTR_FENCE
// says which kind.
func BenchmarkReadBesideFences(b *testing.B) {
	d := NewDomain(Config{})
	defer closeDomain(b, d)
	var source atomic.Pointer[object]
	source.Store(new(object))
	stop := make(chan struct{})
	var updater sync.WaitGroup
	updater.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				RetireIn(d, source.Swap(new(object)), 0, func(*object) {})
			case <-stop:
				return
			}
		}
	})
	times := make([]time.Duration, b.N)
	clear(times) // the first touch of a page is no reader's
	before := d.Stats()
	b.ResetTimer()
	last := time.Now()
	for i := range times {
		g := Acquire(&source)
		g.Release()
		now := time.Now()
		times[i], last = now.Sub(last), now
	}
	b.StopTimer()
	after := d.Stats()
	close(stop)
	updater.Wait()
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*999/1000].Nanoseconds()), "p99.9-ns")
	if n := after.Fences - before.Fences; n > 0 {
		b.ReportMetric(float64((after.FenceTime-before.FenceTime).Nanoseconds())/1e3/float64(n), "fence-µs")
	}
}

func addressOf[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

// BenchmarkUse is one use of an object that may be replaced meanwhile, in the
// ways that a function with early returns has. Run it with -cpu 1,2.
func BenchmarkUse(b *testing.B) {
	p := NewPointer(PointerConfig[object]{Reclaim: func(*object) {}}, new(object))
	var locked struct {
		sync.RWMutex
		object *object
	}
	locked.object = new(object)
	for _, c := range []struct {
		name string
		use  func() int
	}{
		{"Do", func() (v int) {
			p.Do(func(o *object) { v = o.value })
			return v
		}},
		{"Guard with defer", func() int {
			g := p.Acquire()
			defer g.Release()
			return g.Ptr().value
		}},
		{"RWMutex with defer", func() int {
			locked.RLock()
			defer locked.RUnlock()
			return locked.object.value
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				sum := 0
				for pb.Next() {
					sum += c.use()
				}
				if sum != 0 {
					b.Error("the object is not what it was")
				}
			})
		})
	}
}
