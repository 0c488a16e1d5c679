package hazptr

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// soon bounds what must happen without further ado, on a machine that is busy with other things.
const soon = 30 * time.Second

func soonContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	t.Cleanup(cancel)
	return ctx
}

func expiredContext(t testing.TB, after time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), after)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !condition(); {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", soon, what)
		}
		time.Sleep(50 * time.Microsecond)
	}
}

func mustPanic(t testing.TB, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		got := recover()
		if message, ok := got.(string); !ok || !strings.Contains(message, want) {
			t.Fatalf("panic with %v, want one that contains %q", got, want)
		}
	}()
	f()
}

func closeDomain(t testing.TB, d *Domain) {
	t.Helper()
	if err := d.Close(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	if s := d.Stats(); s.Pending != 0 || s.Retired != s.Reclaimed || s.PendingBytes != 0 || s.Blocked != 0 {
		t.Fatalf("after Close: %+v", s)
	}
}

// goroutines returns how many goroutines run a function of this package that isn't a test's.
func goroutines() int {
	stacks := make([]byte, 1<<20)
	n := 0
	for _, g := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(g, "hazptr.(*scanner)") || strings.Contains(g, "hazptr.(*worker)") {
			n++
		}
	}
	return n
}

func TestDomainIsQuietWhenNothingIsPending(t *testing.T) {
	d := NewDomain(Config{Name: "quiet"})
	if n := goroutines(); n != 0 {
		t.Fatalf("%d goroutines before the first Retire", n)
	}
	for range 10 {
		RetireIn(d, new(int), 0, func(*int) {})
		eventually(t, "no goroutine", func() bool { return goroutines() == 0 })
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

	if err := d.Flush(soonContext(t)); err != nil {
		t.Fatal("Flush:", err)
	}
	if n := reclaimed.Load(); n != 99 {
		t.Fatalf("%d reclaimed after Flush, want the 99 that nothing protects", n)
	}
	err := d.Barrier(expiredContext(t, 20*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Barrier: %v, want DeadlineExceeded", err)
	}
	for _, want := range []string{`"barrier"`, "pending objects: 1;", "hazard pointers that hold the others: 1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Barrier: %v, want it to say %q", err, want)
		}
	}
	if err := d.Close(expiredContext(t, 20*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Close: %v, want DeadlineExceeded", err)
	}
	if s := d.Stats(); s.Pending != 1 || s.Holding != 1 || s.OldestPending < 40*time.Millisecond {
		t.Fatalf("with one object protected for 40 ms: %+v", s)
	}

	// What is retired after the call need not be waited for.
	done := make(chan error)
	go func() { done <- d.Barrier(soonContext(t)) }()
	eventually(t, "the barrier waits", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return len(d.waiters) == 1 })
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
				if err := wait(soonContext(t)); err != nil {
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
	// Each comes when the others before it are done, so that none shares a run with the one that blocks.
	for range 100 {
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(done) })
		select {
		case <-done:
		case <-time.After(soon):
			t.Fatal("one blocked reclaim function holds up all")
		}
	}
	eventually(t, "all but the blocked one are reclaimed", func() bool { return d.Stats().Reclaimed == 100 })
	if s := d.Stats(); s.Pending != 1 || s.Blocked != 1 || s.PendingBytes != 7 {
		t.Fatalf("with one reclaim function blocked: %+v", s)
	}
	close(release)
}

// A worker whose reclaim function blocks in a run that was handed out must not keep the rest of the list from the others.
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
	eventually(t, "all but at most a run are reclaimed", func() bool { return others.Load() >= n-maxRun })
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
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
	mustPanic(t, `Retire in domain "brief", which is closed`, func() { RetireIn(d, new(int), 0, func(*int) {}) })
	if s := d.Stats(); s.Retired != 1000 {
		t.Fatalf("the refused Retire counts: %+v", s)
	}
	closeDomain(t, d) // again: nothing
	if err := d.Barrier(context.Background()); err != nil {
		t.Fatal("Barrier of a closed domain:", err)
	}
	mustPanic(t, "Close of the default domain", func() { Default().Close(context.Background()) })
}

// A Domain that NewDomain did not make is told before anything is changed, and
// a Pointer that has one too.
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
			mustPanic(t, method+" of a Domain that is nil or was not made by NewDomain", call)
		}
	}
	first := new(int)
	p := NewPointer(new(Domain), first)
	mustPanic(t, "not made by NewDomain", func() { p.Replace(new(int), func(*int) {}) })
	if p.Peek() != first {
		t.Error("Replace has stored the next object")
	}
}

func TestConfigIsChecked(t *testing.T) {
	mustPanic(t, "Config.Workers is -1", func() { NewDomain(Config{Workers: -1}) })
	mustPanic(t, "Config.FlushInterval is -1", func() { NewDomain(Config{FlushInterval: -1}) })
	mustPanic(t, "Config.MaxPending is -5", func() { NewDomain(Config{MaxPending: -5}) })
}

// TestPendingIsBounded retires as fast as it can while a reader stays on one object.
func TestPendingIsBounded(t *testing.T) {
	for _, c := range []struct {
		config Config
		bound  int64
	}{
		{Config{}, defaultScanned + defaultQueued*int64(runtime.GOMAXPROCS(0))},
		{Config{MaxPending: 100}, 100},
		{Config{MaxPending: 1}, 2 + int64(runtime.GOMAXPROCS(0))}, // one per queue, and twice the one hazard
	} {
		d := NewDomain(c.config)
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		RetireIn(d, source.Swap(nil), 0, func(*int) {})
		objects := 1_000_000
		if testing.Short() || c.config.MaxPending != 0 {
			objects = 20_000
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

// Objects that a domain has no room for, since its workers are blocked, are late but not lost, and Retire comes back.
func TestRetireDoesNotWaitForEver(t *testing.T) {
	d := NewDomain(Config{Workers: 1, MaxPending: 16})
	release := make(chan struct{})
	RetireIn(d, new(int), 0, func(*int) { <-release })
	for range 25 {
		RetireIn(d, new(int), 0, func(*int) {})
	}
	if s := d.Stats(); s.Retired != 26 || s.Reclaimed != 0 {
		t.Fatalf("%+v", s)
	}
	close(release)
	closeDomain(t, d)
}

// Close does not wait for a scanner that waits although there is nothing to do.
func TestCloseCutsAWaitShort(t *testing.T) {
	d := NewDomain(Config{FlushInterval: time.Hour, StallAfter: 10 * time.Hour})
	RetireIn(d, new(int), 0, func(*int) { time.Sleep(time.Millisecond) })
	if err := d.Flush(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	closeDomain(t, d)
}

// pending is Stats().Pending, without a look at the slots of the process.
func (d *Domain) pending() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.retiredObjects() - d.ready.done
}
