package hazptr

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

func TestMisuseOfRetire(t *testing.T) {
	litmus.MustPanic(t, "Retire of nil", func() { Retire(nil, func(*int) {}) })
	litmus.MustPanic(t, "nil reclaim function", func() { Retire(new(int), nil) })
	litmus.MustPanic(t, "zero-size type", func() { Retire(new(struct{}), func(*struct{}) {}) })
	litmus.MustPanic(t, "RetireIn with -1 bytes, want 0 to 9007199254740992", func() { RetireIn(Default(), new(int), -1, func(*int) {}) })
	litmus.MustPanic(t, "RetireIn with 9007199254740993 bytes", func() { RetireIn(Default(), new(int), 1<<53+1, func(*int) {}) })
	litmus.MustPanic(t, "Synchronize on nil", func() { Synchronize[int](context.Background(), nil) })
	litmus.MustPanic(t, "zero-size type", func() { Synchronize(context.Background(), new([0]int)) })
}

// Each object reaches its own function, whatever the type.
func TestReclaimGetsItsObject(t *testing.T) {
	d := NewDomain(Config{})
	type big [100]int
	ints, bigs := make(chan *int, 1), make(chan *big, 1)
	objects := 3 * 256
	if testing.Short() {
		objects = 64
	}
	for range objects {
		i, b := new(int), new(big)
		RetireIn(d, i, 0, func(p *int) { ints <- p })
		RetireIn(d, b, 0, func(p *big) { bigs <- p })
		if <-ints != i || <-bigs != b {
			t.Fatal("another object")
		}
	}
	closeDomain(t, d)
}

// Until its reclaim function is called, the domain keeps an object alive;
// afterwards nothing in the domain points to it.
func TestRetiredObjectsAreKeptAliveUntilReclaimed(t *testing.T) {
	d := NewDomain(Config{})
	hold := make(chan struct{})
	collected := make(chan int, 1000)
	for i := range 1000 {
		o := &object{value: i}
		runtime.AddCleanup(o, func(i int) { collected <- i }, i)
		RetireIn(d, o, 0, func(o *object) {
			<-hold
			if o.value != i {
				t.Errorf("object %d has become %d", i, o.value)
			}
		})
	}
	for range 3 {
		runtime.GC()
	}
	if n := len(collected); n != 0 {
		t.Fatalf("%d objects were collected before they were reclaimed", n)
	}
	close(hold)
	closeDomain(t, d)
	litmus.Eventually(t, "all objects are collected: no stale pointer is left", func() bool {
		runtime.GC()
		return len(collected) == 1000
	})
	runtime.KeepAlive(d)
}

func TestRetireDoesNotAllocate(t *testing.T) {
	if check.Enabled {
		t.Skip("it retires an object again before its reclaim function was called, which is reported")
	}
	if testing.Short() {
		t.Skip("needs some hundred thousand objects to warm up")
	}
	d := NewDomain(Config{})
	p := new(object)
	reclaim := func(*object) {}
	round := func() {
		for range 100_000 {
			RetireIn(d, p, 8, reclaim)
		}
		if err := d.Barrier(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	round()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	round()
	runtime.ReadMemStats(&after)
	// Barrier allocates its waiter; a slow worker may have needed a chunk more
	// than ever before.
	if n := after.Mallocs - before.Mallocs; n > 1000 {
		t.Errorf("%d allocations for 100,000 objects", n)
	}
	closeDomain(t, d)
}

// mostPending retires from so many goroutines for a while and returns the
// largest number of pending objects that Stats told.
func mostPending(d *Domain, goroutines int, duration time.Duration, reclaim func(*int)) (most int64) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for !stop.Load() {
				RetireIn(d, new(int), 0, reclaim)
			}
		})
	}
	// With so many goroutines the first sleep may take all of the time.
	for begun := time.Now(); time.Since(begun) < duration || most == 0 && time.Since(begun) < litmus.Soon; time.Sleep(200 * time.Microsecond) {
		most = max(most, d.Stats().Pending)
	}
	stop.Store(true)
	wg.Wait()
	return most
}

// Many goroutines that are slowed down together must not all go on when there
// is room for one.
func TestPendingIsBoundedWithManyGoroutines(t *testing.T) {
	duration := 300 * time.Millisecond
	if testing.Short() {
		duration = 30 * time.Millisecond
	}
	for _, bound := range []int{0, 100} {
		for _, goroutines := range []int{8, 64, 500} {
			t.Run(fmt.Sprintf("MaxPending=%d goroutines=%d", bound, goroutines), func(t *testing.T) {
				d := NewDomain(Config{MaxPending: bound})
				want := int64(bound)
				if bound == 0 {
					want = defaultScanned + defaultQueued*int64(runtime.GOMAXPROCS(0))
				}
				most := mostPending(d, goroutines, duration, func(*int) {})
				if most > want || most == 0 {
					t.Errorf("%d were pending, want at most %d, and more than none", most, want)
				}
				closeDomain(t, d)
			})
		}
	}
}

// Slow reclaim functions get on, too: a run of them takes longer than Retire
// would wait for blocked ones.
func TestPendingIsBoundedWithSlowReclaimFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 2s")
	}
	d := NewDomain(Config{MaxPending: 1000})
	var slow atomic.Bool
	slow.Store(true)
	most := mostPending(d, 4, time.Second, func(*int) {
		if slow.Load() {
			time.Sleep(5 * time.Millisecond)
		}
	})
	slow.Store(false)
	if most > 1000 || most < 500 {
		t.Errorf("%d were pending, want at most 1000, and about as many", most)
	}
	closeDomain(t, d)
}

func TestOldestPendingOfAFreshObject(t *testing.T) {
	d := NewDomain(Config{})
	RetireIn(d, new(int), 0, func(*int) {})
	litmus.Eventually(t, "the domain is quiet", func() bool { return goroutines(own) == 0 && d.Stats().Pending == 0 })
	time.Sleep(50 * time.Millisecond)
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	if s := d.Stats(); s.Pending != 1 || s.OldestPending > 40*time.Millisecond {
		t.Errorf("just now retired: %+v", s)
	}
	g.Release()
	closeDomain(t, d)
}

// A reclaim function that ends the protection of another object does not call
// that one's: a chain of them would be a recursion.
func TestReclaimFunctionsThatReleaseEachOther(t *testing.T) { testChain(t, 20_000) }

func TestAMillionReclaimFunctionsThatReleaseEachOther(t *testing.T) {
	long.Only(t, "it takes a million Guards")
	testChain(t, 1_000_000)
}

func testChain(t *testing.T, n int) {
	for _, inline := range []bool{false, true} {
		d := NewDomain(Config{ReclaimInline: inline})
		var source atomic.Pointer[int]
		guards := make([]Guard[int], n)
		var reclaimed, deepest atomic.Int64
		for i := range guards {
			source.Store(new(int))
			guards[i] = Acquire(&source)
			RetireIn(d, source.Swap(nil), 0, func(*int) {
				reclaimed.Add(1)
				deepest.Store(max(deepest.Load(), int64(runtime.Callers(0, make([]uintptr, 200)))))
				if i+1 < n {
					guards[i+1].Release()
				}
			})
		}
		litmus.Eventually(t, "all are kept", func() bool { return d.Stats().Holding == int64(n) })
		guards[0].Release()
		if err := d.Barrier(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
		if reclaimed.Load() != int64(n) || deepest.Load() > 50 {
			t.Errorf("inline %t: %d of %d were reclaimed, %d frames deep", inline, reclaimed.Load(), n, deepest.Load())
		}
		closeDomain(t, d)
	}
}

// A Retire under a lock that the reclaim functions take gives up: that is
// counted, and logged once.
func TestRetireUnderALockOfReclaimFunctions(t *testing.T) {
	out := litmus.Logged(t)
	d := NewDomain(Config{Name: "locked", Workers: 1, MaxPending: 2})
	var mu sync.Mutex
	mu.Lock()
	for range 20 {
		RetireIn(d, new(int), 0, func(*int) {
			mu.Lock()
			defer mu.Unlock()
		})
	}
	s := d.Stats()
	mu.Unlock()
	closeDomain(t, d)
	if s.Exceeded == 0 || s.Exceeded > s.Slowed {
		t.Errorf("%d of %d have exceeded the bounds", s.Exceeded, s.Slowed)
	}
	litmus.Eventually(t, "it is logged", func() bool { return out.Has("domain=locked") })
	if n := strings.Count(out.String(), "has given up waiting for room"); n != 1 {
		t.Errorf("it is logged %d times", n)
	}
}
