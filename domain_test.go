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
			litmus.MustPanic(t, method+" of a Domain that is nil or was not made by NewDomain", call)
		}
	}
	first := new(int)
	p := NewPointer(new(Domain), first)
	litmus.MustPanic(t, "not made by NewDomain", func() { p.Replace(new(int), func(*int) {}) })
	if p.Peek() != first {
		t.Error("Replace has stored the next object")
	}
}

func TestConfigIsChecked(t *testing.T) {
	litmus.MustPanic(t, "Config.Workers is -1", func() { NewDomain(Config{Workers: -1}) })
	litmus.MustPanic(t, "Config.FlushInterval is -1", func() { NewDomain(Config{FlushInterval: -1}) })
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

// Objects that a domain has no room for, since its workers are blocked, are
// late but not lost, and Retire comes back.
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
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	closeDomain(t, d)
}

// A hostile is a context whose methods panic: Done where done is nil, else Err.
type hostile struct {
	context.Context
	done chan struct{}
}

func (h *hostile) Done() <-chan struct{} {
	if h == nil {
		panic("Done of nil")
	}
	if h.done == nil {
		panic("Done on purpose")
	}
	return h.done
}

func (h *hostile) Err() error { panic("Err on purpose") }

// hostileContexts are contexts that end at once or panic, each with a part of
// the panic's text.
func hostileContexts() map[string]context.Context {
	ended := make(chan struct{})
	close(ended)
	var none *hostile
	return map[string]context.Context{
		"with a nil Context": nil,
		"Done of nil":        none,
		"Done on purpose":    &hostile{Context: context.Background()},
		"Err on purpose":     &hostile{Context: context.Background(), done: ended},
	}
}

// A context that panics in a call that waits leaves nothing behind: later calls
// work, and the domain too.
func TestContextsThatPanic(t *testing.T) {
	for text, ctx := range hostileContexts() {
		d := NewDomain(Config{Name: "hostile"})
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		held := source.Swap(nil)
		ended := false
		RetireIn(d, held, 0, func(*int) { ended = true })
		left := make(chan struct{})
		for method, call := range map[string]func(){
			"Synchronize":   func() { Synchronize(ctx, held) },
			"SynchronizeOn": func() { SynchronizeOn(ctx, held, left) },
			"Barrier":       func() { d.Barrier(ctx) },
			"Close":         func() { d.Close(ctx) },
		} {
			litmus.MustPanic(t, text, call)
			if t.Failed() {
				t.Fatalf("%s, %s", method, text)
			}
		}
		if ctx == nil {
			litmus.MustPanic(t, text, func() { d.Flush(ctx) })
		}
		g.Release()
		closeDomain(t, d)
		if !ended {
			t.Errorf("%s: the object was not reclaimed", text)
		}
		if ctx == nil { // where nothing need be waited for, too
			litmus.MustPanic(t, text, func() { d.Barrier(ctx) })
			litmus.MustPanic(t, text, func() { Synchronize(ctx, new(int)) })
		}
	}
}

// A context that panics in a Synchronize that waits for another one's look does
// not hold up those that come after it.
func TestContextsThatPanicBesideALook(t *testing.T) {
	var stop atomic.Bool
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for !stop.Load() {
				if err := Synchronize(litmus.Context(t), new(int)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for text, ctx := range hostileContexts() {
		for range 100 {
			func() {
				defer func() {
					got := recover()
					if message, _ := got.(string); got != nil && !strings.Contains(message, text) {
						t.Errorf("%q: panic with %v", text, got)
					}
				}()
				Synchronize(ctx, new(int))
			}()
		}
		if err := Synchronize(litmus.Context(t), new(int)); err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
	}
	stop.Store(true)
	others.Wait()
}

// Barrier and Flush return when what was retired before them has been
// reclaimed, whatever becomes of what was retired after them.
func TestWaitersLeaveOutWhatIsRetiredLater(t *testing.T) {
	for _, how := range []string{"Barrier", "Flush"} {
		d := NewDomain(Config{MaxPending: 4, Workers: 2})
		var source atomic.Pointer[int]
		source.Store(new(int))
		stay := Acquire(&source)
		hold, later, stuck := make(chan struct{}), make(chan struct{}), make(chan struct{})
		var ended atomic.Int64
		for range 8 { // more than the scanner takes at once
			RetireIn(d, new(int), 0, func(*int) { <-hold; ended.Add(1) })
		}
		wait := d.Barrier
		if how == "Flush" {
			wait = d.Flush
		}
		done := make(chan error)
		go func() { done <- wait(litmus.Context(t)) }()
		litmus.Eventually(t, "it waits", func() bool { return goroutines(waiting) == 1 })
		RetireIn(d, source.Swap(nil), 0, func(*int) {}) // protected
		RetireIn(d, new(int), 0, func(*int) { close(stuck); <-later })
		close(hold)
		if err := <-done; err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if n := ended.Load(); n != 8 {
			t.Errorf("%s returned when %d of 8 objects had ended", how, n)
		}
		<-stuck
		close(later)
		stay.Release()
		closeDomain(t, d)
	}
}

// A Flush waits for what was protected before it and is no longer.
func TestFlushLooksAgain(t *testing.T) {
	d := NewDomain(Config{FlushInterval: time.Hour})
	for range 100 {
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		ended := false
		RetireIn(d, source.Swap(nil), 0, func(*int) { ended = true })
		if err := d.Flush(litmus.Context(t)); err != nil || ended {
			t.Fatalf("%v, ended while it is protected: %t", err, ended)
		}
		g.Release()
		if err := d.Flush(litmus.Context(t)); err != nil || !ended {
			t.Fatalf("%v, ended: %t", err, ended)
		}
	}
	closeDomain(t, d)
}

// A reclaim function that waits for its own domain would wait for itself. It
// may wait for another one, and so may a goroutine that it has started.
func TestReclaimFunctionsThatWaitForThemselves(t *testing.T) {
	for _, inline := range []bool{false, true} {
		d := NewDomain(Config{Name: "itself", ReclaimInline: inline})
		other := NewDomain(Config{Name: "other", ReclaimInline: inline})
		told := make(chan any, 3)
		RetireIn(d, new(int), 0, func(*int) {
			for _, wait := range []func(context.Context) error{d.Barrier, d.Flush, d.Close} {
				func() {
					defer func() { told <- recover() }()
					wait(litmus.Context(t))
				}()
			}
			RetireIn(other, new(int), 0, func(*int) {})
			if err := other.Barrier(litmus.Context(t)); err != nil {
				t.Error(err)
			}
		})
		for _, method := range []string{"Barrier", "Flush", "Close"} {
			if text, _ := (<-told).(string); !strings.Contains(text, method+` of domain "itself" in one of its reclaim functions`) {
				t.Errorf("inline %t: %s: %q", inline, method, text)
			}
		}
		closeDomain(t, d)
		closeDomain(t, other)
	}
}
