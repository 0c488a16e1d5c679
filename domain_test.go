package hazptr

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func closeDomain(t testing.TB, d *Domain) {
	t.Helper()
	if err := d.Close(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if s := d.Stats(); s.Pending != 0 || s.Retired != s.Reclaimed || s.PendingBytes != 0 || s.Blocked != 0 {
		t.Fatalf("after Close: %+v", s)
	}
}

// What a goroutine of a domain is in, and one that waits for a domain.
const (
	own     = "hazptr/internal/reclaim.(*scanner)|hazptr/internal/reclaim.(*worker)"
	waiting = "hazptr/internal/reclaim.(*Reclaimer).await"
)

// goroutines returns how many goroutines run one of the functions.
func goroutines(functions string) (n int) {
	stacks := make([]byte, 1<<20)
	for _, g := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if slices.ContainsFunc(strings.Split(functions, "|"), func(f string) bool { return strings.Contains(g, f) }) {
			n++
		}
	}
	return n
}

func TestDomainIsQuietWhenNothingIsPending(t *testing.T) {
	d := NewDomain(Config{Name: "quiet"})
	if n := goroutines(own); n != 0 {
		t.Fatalf("%d goroutines before the first Retire", n)
	}
	for range 10 {
		RetireIn(d, new(int), 0, func(*int) {})
		litmus.Eventually(t, "no goroutine", func() bool { return goroutines(own) == 0 })
		if s := d.Stats(); s.Pending != 0 || s.Reclaimed != s.Retired {
			t.Fatalf("no goroutine is left, but %+v", s)
		}
	}
}

func TestBarrierWaitsForWhatIsProtected(t *testing.T) {
	d := NewDomain(Config{Name: "barrier"})
	defer closeDomain(t, d)
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	defer g.Release()
	var reclaimed atomic.Int64
	count := func(*int) { reclaimed.Add(1) }
	RetireIn(d, source.Swap(nil), 0, count)
	for range 99 {
		RetireIn(d, new(int), 0, count)
	}

	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal("Flush:", err)
	}
	if n := reclaimed.Load(); n != 99 {
		t.Fatalf("%d reclaimed after Flush, want the 99 that nothing protects", n)
	}
	err := d.Barrier(litmus.Expiring(t, 20*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Barrier: %v, want DeadlineExceeded", err)
	}
	for _, want := range []string{`"barrier"`, "pending objects: 1;", "hazard pointers that hold the others: 1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Barrier: %v, want it to say %q", err, want)
		}
	}
	if err := d.Close(litmus.Expiring(t, 20*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Close: %v, want DeadlineExceeded", err)
	}
	if s := d.Stats(); s.Pending != 1 || s.Holding != 1 || s.OldestPending < 40*time.Millisecond {
		t.Fatalf("with one object protected for 40 ms: %+v", s)
	}

	// What is retired after the call need not be waited for.
	done := make(chan error)
	go func() { done <- d.Barrier(litmus.Context(t)) }()
	litmus.Eventually(t, "the barrier waits", func() bool { return goroutines(waiting) == 1 })
	source.Store(new(int))
	later := Acquire(&source)
	time.Sleep(5 * time.Millisecond) // for the barrier's round to begin
	RetireIn(d, source.Swap(nil), 0, count)
	g.Release()
	if err := <-done; err != nil {
		t.Fatal("Barrier, with a later object protected:", err)
	}
	if n := reclaimed.Load(); n != 100 {
		t.Fatalf("%d reclaimed after Barrier, want 100", n)
	}
	later.Release()
}

func TestBarrierOfEveryObjectFromManyGoroutines(t *testing.T) {
	d := NewDomain(Config{})
	defer closeDomain(t, d)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				var mine atomic.Int64
				for range i {
					RetireIn(d, new(int), 0, func(*int) { mine.Add(1) })
				}
				wait := d.Barrier
				if i%2 == 0 {
					wait = d.Flush // nothing is protected
				}
				if err := wait(litmus.Context(t)); err != nil {
					t.Error(err)
					return
				}
				if n := mine.Load(); n != int64(i) {
					t.Errorf("%d of %d reclaimed after Barrier", n, i)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestReclaimFunctionsMayBlock(t *testing.T) {
	d := NewDomain(Config{Workers: 2})
	defer closeDomain(t, d)
	release := make(chan struct{})
	RetireIn(d, new(int), 7, func(*int) { <-release })
	// Each comes when the others before it are done, so that none shares a run
	// with the one that blocks.
	for range 100 {
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(done) })
		select {
		case <-done:
		case <-time.After(litmus.Soon):
			t.Fatal("one blocked reclaim function holds up all")
		}
	}
	litmus.Eventually(t, "all but the blocked one are reclaimed", func() bool { return d.Stats().Reclaimed == 100 })
	if s := d.Stats(); s.Pending != 1 || s.Blocked != 1 || s.PendingBytes != 7 {
		t.Fatalf("with one reclaim function blocked: %+v", s)
	}
	close(release)
}

// A worker whose reclaim function blocks in a run that was handed out must not
// keep the rest of the list from the others.
func TestBlockedReclaimFunctionLeavesTheListToOthers(t *testing.T) {
	d := NewDomain(Config{Workers: 4})
	defer closeDomain(t, d)
	release := make(chan struct{})
	var others atomic.Int64
	const n = 10_000
	for i := range n {
		if i == 5 {
			RetireIn(d, new(int), 0, func(*int) { <-release })
			continue
		}
		RetireIn(d, new(int), 0, func(*int) { others.Add(1) })
	}
	litmus.Eventually(t, "all but at most a run are reclaimed", func() bool { return others.Load() >= n-128 })
	close(release)
}

func TestReclaimFunctionsMayRetireAndSynchronize(t *testing.T) {
	d := NewDomain(Config{Workers: 1, MaxPending: 64})
	var nodes atomic.Int64
	var end func(depth *int)
	end = func(depth *int) {
		nodes.Add(1)
		if err := Synchronize(context.Background(), new(int)); err != nil {
			t.Error(err)
		}
		if *depth == 0 {
			return
		}
		for range 2 {
			child := *depth - 1
			RetireIn(d, &child, 0, end)
		}
	}
	depth := 12
	RetireIn(d, &depth, 0, end)
	closeDomain(t, d)
	if n := nodes.Load(); n != 1<<13-1 {
		t.Fatalf("%d nodes of a tree reclaimed, want %d", n, 1<<13-1)
	}
}

func TestReclaimFunctionMayGoexit(t *testing.T) {
	d := NewDomain(Config{Workers: 1})
	var n atomic.Int64
	for i := range 100 {
		RetireIn(d, new(int), 0, func(*int) {
			n.Add(1)
			if i%10 == 0 {
				runtime.Goexit()
			}
		})
	}
	closeDomain(t, d)
	if n.Load() != 100 {
		t.Fatalf("%d reclaimed, want 100", n.Load())
	}
}

func TestClose(t *testing.T) {
	d := NewDomain(Config{Name: "brief"})
	for range 1000 {
		RetireIn(d, new(int), 0, func(*int) {})
	}
	closeDomain(t, d)
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines(own) == 0 })
	litmus.MustPanic(t, `Retire in domain "brief", which is closed`, func() { RetireIn(d, new(int), 0, func(*int) {}) })
	if s := d.Stats(); s.Retired != 1000 {
		t.Fatalf("the refused Retire counts: %+v", s)
	}
	closeDomain(t, d) // again: nothing
	if err := d.Barrier(context.Background()); err != nil {
		t.Fatal("Barrier of a closed domain:", err)
	}
	litmus.MustPanic(t, "Close of the default domain", func() { Default().Close(context.Background()) })
}

// A Domain that NewDomain did not make is told before anything is changed.
func TestDomainNotMade(t *testing.T) {
	for _, d := range []*Domain{nil, {}} {
		reclaim := func(*int) {}
		for method, call := range map[string]func(){
			"Retire":  func() { RetireIn(d, new(int), 1, reclaim) },
			"Barrier": func() { d.Barrier(context.Background()) },
			"Flush":   func() { d.Flush(context.Background()) },
			"Close":   func() { d.Close(context.Background()) },
			"Stats":   func() { d.Stats() },
			"Inspect": func() { d.Inspect(1) },
			"Config":  func() { d.Config() },
		} {
			litmus.MustPanic(t, method+" of a Domain that is nil or was not made by NewDomain", call)
		}
	}
	litmus.MustPanic(t, "NewPointer of a Domain that is nil or was not made by NewDomain", func() {
		NewPointer(PointerConfig[int]{Reclaim: func(*int) {}, Domain: new(Domain)}, nil)
	})
}

func TestConfigIsChecked(t *testing.T) {
	litmus.MustPanic(t, "Config.Workers is -1", func() { NewDomain(Config{Workers: -1}) })
	litmus.MustPanic(t, "Config.ScanPercent is -1", func() { NewDomain(Config{ScanPercent: -1}) })
	litmus.MustPanic(t, "Config.ScanPercent is 101, want 100 or less", func() { NewDomain(Config{ScanPercent: 101}) })
	litmus.MustPanic(t, "Config.MaxPending is -5", func() { NewDomain(Config{MaxPending: -5}) })
}

// TestPendingIsBounded retires as fast as it can while a reader stays on one
// object.
func TestPendingIsBounded(t *testing.T) {
	for _, c := range []struct {
		config Config
		bound  int64
	}{
		{Config{}, defaultScanned + defaultQueued*int64(runtime.GOMAXPROCS(0))},
		{Config{MaxPending: 100}, 100},
		// One per queue, and twice the one hazard.
		{Config{MaxPending: 1}, 2 + int64(runtime.GOMAXPROCS(0))},
	} {
		d := NewDomain(c.config)
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		RetireIn(d, source.Swap(nil), 0, func(*int) {})
		objects := 1_000_000
		if c.config.MaxPending != 0 {
			objects = 20_000
		}
		if testing.Short() {
			objects /= 10
		}
		worst := int64(0)
		for i := range objects {
			RetireIn(d, new(int), 0, func(*int) {})
			if i%100 == 0 {
				worst = max(worst, d.Stats().Pending)
			}
		}
		t.Logf("MaxPending %d, %d retired: at most %d pending", c.config.MaxPending, objects, worst)
		if worst > c.bound {
			t.Errorf("MaxPending %d: %d were pending, want at most %d", c.config.MaxPending, worst, c.bound)
		}
		if worst == 0 {
			t.Error("nothing was ever pending: the test measures nothing")
		}
		g.Release()
		closeDomain(t, d)
	}
}

// Objects that a domain has no room for, since its workers are blocked, are
// late but not lost, and Retire comes back.
func TestRetireDoesNotWaitForEver(t *testing.T) {
	d := NewDomain(Config{Workers: 1, MaxPending: 16})
	release := make(chan struct{})
	RetireIn(d, new(int), 0, func(*int) { <-release })
	for range 17 {
		RetireIn(d, new(int), 0, func(*int) {})
	}
	if s := d.Stats(); s.Retired != 18 || s.Reclaimed != 0 {
		t.Fatalf("%+v", s)
	}
	close(release)
	closeDomain(t, d)
}

// Close does not wait for a scanner that waits although there is nothing to do.
func TestCloseCutsAWaitShort(t *testing.T) {
	d := NewDomain(Config{StallAfter: 10 * time.Hour})
	RetireIn(d, new(int), 0, func(*int) { time.Sleep(time.Millisecond) })
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	closeDomain(t, d)
}
