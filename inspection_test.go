package hazptr

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/litmus"
)

type index struct{ _ [10]int }

// An Inspection counts what is protected, what a worker has called for, what waits behind that, and what no scan has seen.
func TestInspect(t *testing.T) {
	d := NewDomain(Config{Workers: 1, StallAfter: time.Hour, Trace: true})
	var source atomic.Pointer[database]
	source.Store(new(database))
	h := NewHolder[database]()
	protected := h.Protect(&source)
	RetireIn(d, source.Swap(nil), 100, unmap)
	eventually(t, "a scan has seen it", func() bool { return d.Stats().Holding == 1 })
	time.Sleep(2 * time.Millisecond)

	called, release := make(chan struct{}), make(chan struct{})
	RetireIn(d, new(index), 7, func(*index) { close(called); <-release })
	<-called
	for range 5 {
		RetireIn(d, new(index), 1, func(*index) {})
	}
	eventually(t, "they wait for the worker", func() bool { return d.Stats().Blocked == 6 })

	i := d.Inspect(3)
	if len(i.Types) != 2 {
		t.Fatalf("%+v", i.Types)
	}
	if got := i.Types[0]; got.Type != "*hazptr.database" || got.Objects != 1 || got.Bytes != 100 || got.Protected != 1 || got.Oldest < 2*time.Millisecond {
		t.Errorf("%+v", got)
	}
	if got := i.Types[1]; got.Type != "*hazptr.index" || got.Objects != 6 || got.Bytes != 12 || got.Protected != 0 || got.Oldest <= 0 {
		t.Errorf("%+v", got)
	}
	if len(i.Oldest) != 3 || i.Oldest[0].Age < i.Oldest[1].Age || i.Oldest[1].Age < i.Oldest[2].Age {
		t.Fatalf("%v", i.Oldest)
	}
	if got := i.Oldest[0]; got.Address != addressOf(protected) || got.Hazards != 1 || len(got.Acquired) != 1 || !strings.Contains(got.Acquired[0], "TestInspect") {
		t.Errorf("%v", got)
	}
	if got := i.Oldest[1]; got.Type != "*hazptr.index" || got.Hazards != 0 || !strings.Contains(got.Reclaim, "TestInspect") || got.Behind != 5 {
		t.Errorf("%v", got)
	}
	if got := i.Oldest[2]; got.Type != "*hazptr.index" || got.Reclaim != "" || !strings.Contains(got.String(), "waits for a worker") {
		t.Errorf("%v", got)
	}

	close(release)
	h.Close()
	closeDomain(t, d)
	if i := d.Inspect(3); len(i.Types) != 0 || len(i.Oldest) != 0 {
		t.Errorf("after Close: %+v", i)
	}
}

// What is in the queues has a type; what a worker has in hand and nobody watches has none.
func TestInspectQueuedAndInHand(t *testing.T) {
	d := NewDomain(Config{Workers: 1})
	d.state.Store(awake) // no scanner
	for range 300 {
		RetireIn(d, new(index), 2, func(*index) {})
	}
	if i := d.Inspect(10); len(i.Types) != 1 || i.Types[0].Type != "*hazptr.index" || i.Types[0].Objects != 300 || i.Types[0].Bytes != 600 || len(i.Oldest) != 0 {
		t.Errorf("%+v", i)
	}
	d.state.Store(asleep)
	d.rouse()
	called, release := make(chan struct{}), make(chan struct{})
	RetireIn(d, new(database), 2, func(*database) { close(called); <-release })
	<-called
	i := d.Inspect(10)
	total := int64(0)
	for _, p := range i.Types {
		total += p.Objects
	}
	inHand := slices.ContainsFunc(i.Types, func(p PendingType) bool { return p.Type == "" })
	if total != d.Stats().Pending || !inHand {
		t.Errorf("%+v of %d pending", i, d.Stats().Pending)
	}
	close(release)
	closeDomain(t, d)
}

// Inspections do not disturb what they look at.
func TestInspectWhileAllIsInMotion(t *testing.T) {
	d := NewDomain(Config{Name: "motion", StallAfter: time.Millisecond, OnStall: func(Stall) {}})
	var source atomic.Pointer[database]
	source.Store(new(database))
	end := time.Now().Add(200 * time.Millisecond)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for time.Now().Before(end) {
				g := Acquire(&source)
				RetireIn(d, source.Swap(new(database)), 1, unmap)
				g.Release()
			}
		})
	}
	wg.Go(func() {
		for time.Now().Before(end) {
			for _, p := range d.Inspect(20).Types {
				if p.Type != "" && p.Type != "*hazptr.database" || p.Objects <= 0 || p.Bytes < 0 {
					t.Errorf("%+v", p)
				}
			}
			time.Sleep(time.Millisecond)
		}
	})
	wg.Wait()
	closeDomain(t, d)
	if s := d.Stats(); s.Pending != 0 || s.Retired != s.Reclaimed {
		t.Errorf("%+v", s)
	}
}

// blocked returns a domain with n objects, of which the first one's reclaim
// function does not return before release is called.
func blocked(t testing.TB, n int, reclaim func(*index)) (d *Domain, release func()) {
	t.Helper()
	d = NewDomain(Config{Workers: 1, MaxPending: 8 * n, StallAfter: time.Hour})
	called, leave := make(chan struct{}), make(chan struct{})
	RetireIn(d, new(index), 1, func(*index) { close(called); <-leave })
	<-called
	for range n - 1 {
		RetireIn(d, new(index), 1, reclaim)
	}
	for end := time.Now().Add(litmus.Soon); d.Stats().Blocked != int64(n); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%+v", d.Stats())
		}
	}
	return d, func() { close(leave) }
}

// total is how many objects the inspector has counted.
func (i *inspector) total() (n int64) {
	for _, p := range i.types {
		n += p.Objects
	}
	return n
}

// An inspector looks at no more than some of the ready objects before it lets
// others have the lock, and counts each once.
func TestInspectALittleAtATime(t *testing.T) {
	const n = 5 * inspectAtATime
	d, release := blocked(t, n, func(*index) {})
	i := inspector{d: d, most: 3, types: map[unsafe.Pointer]*PendingType{}}
	steps := 0
	d.mu.Lock()
	i.begin()
	for more := true; more; steps++ {
		before := i.total()
		more = i.ready()
		if some := i.total() - before; some > inspectAtATime+chunkLen {
			t.Errorf("%d objects at a time", some)
		}
		d.mu.Unlock()
		d.Stats() // it has the lock
		d.mu.Lock()
	}
	i.oldestReady()
	i.inHand()
	d.mu.Unlock()
	if steps < 4 || i.total() != n || len(i.oldest) != 4 {
		t.Errorf("%d objects in %d steps, the oldest %d, want %d", i.total(), steps, len(i.oldest), n)
	}
	release()
	closeDomain(t, d)
}

// What a worker takes between two looks is counted once, or not at all if it has
// been reclaimed.
func TestInspectIsOvertaken(t *testing.T) {
	const n = 4 * inspectAtATime
	for _, stays := range []int{n / 8, n / 2, n - 100} { // the object at which the worker stays
		calls := 0
		stopped, leave := make(chan struct{}), make(chan struct{})
		d, release := blocked(t, n, func(*index) {
			if calls++; calls == stays {
				close(stopped)
				<-leave
			}
		})
		i := inspector{d: d, most: 5, types: map[unsafe.Pointer]*PendingType{}}
		d.mu.Lock()
		i.begin()
		i.ready()
		seen := i.total()
		d.mu.Unlock()
		release()
		<-stopped
		d.mu.Lock()
		for i.ready() {
		}
		i.oldestReady()
		i.inHand()
		pending := int64(n) - d.ready.done
		d.mu.Unlock()
		want := max(pending, seen) // what was seen at first is pending, or has been reclaimed since
		if got := i.total(); got != want {
			t.Errorf("the worker is at %d of %d: %d objects are counted, want %d", stays, n, got, want)
		}
		running := 0
		for _, o := range i.oldest {
			if o.Reclaim != "" {
				running++
			}
		}
		if running != 1 {
			t.Errorf("%d reclaim functions run, want 1", running)
		}
		close(leave)
		closeDomain(t, d)
	}
}

// The oldest are told of, wherever they stand among what is ready.
func TestInspectFindsTheOldest(t *testing.T) {
	d, release := blocked(t, 100, func(*index) {})
	d.mu.Lock()
	c := d.chunks.get()
	l := &d.ready
	now := d.clock()
	for n := range 10 { // ages 3, 6, 9, 2, 5, 8, 1, 4, 7, 0 hours
		object := new(database)
		c.set(uintptr(n), retired{unsafe.Pointer(object), ending{kind: l.spans[l.next].chunk.endings[l.spans[l.next].from].kind}})
		l.spans = append(l.spans, span{c, uintptr(n), uintptr(n) + 1, now - int64((n*3+3)%10)*int64(time.Hour)})
		l.added++
	}
	d.mu.Unlock()
	i := d.Inspect(4)
	if len(i.Oldest) != 4 {
		t.Fatalf("%v", i.Oldest)
	}
	for n, o := range i.Oldest {
		if age := o.Age.Round(time.Hour); age != time.Duration(9-n)*time.Hour {
			t.Errorf("%d: %v", n, age)
		}
	}
	d.mu.Lock()
	l.spans = l.spans[:len(l.spans)-10]
	l.added -= 10
	d.mu.Unlock()
	release()
	closeDomain(t, d)
}

// BenchmarkInspect inspects a domain in which 300,000 objects are pending, and
// tells how long a Stats and a Retire took meanwhile.
func BenchmarkInspect(b *testing.B) {
	const n = 300_000
	ready := func(b *testing.B) (*Domain, func()) { return blocked(b, n, func(*index) {}) }
	queued := func(*testing.B) (*Domain, func()) {
		d := NewDomain(Config{MaxPending: 8 * n})
		d.state.Store(awake) // no scanner
		for range n {
			RetireIn(d, new(index), 1, func(*index) {})
		}
		return d, func() { d.state.Store(asleep); d.rouse() }
	}
	protected := func(*testing.B) (*Domain, func()) {
		d := NewDomain(Config{MaxPending: 8 * n})
		guards := make([]Guard[index], n)
		for i := range guards {
			var source atomic.Pointer[index]
			source.Store(new(index))
			guards[i] = Acquire(&source)
			RetireIn(d, source.Swap(nil), 1, func(*index) {})
		}
		for d.Stats().Holding < n {
			time.Sleep(time.Millisecond)
		}
		return d, func() {
			for i := range guards {
				guards[i].Release()
			}
		}
	}
	for _, c := range []struct {
		name string
		make func(*testing.B) (*Domain, func())
	}{{"ready", ready}, {"queued", queued}, {"protected", protected}} {
		b.Run(c.name, func(b *testing.B) {
			d, release := c.make(b)
			var over atomic.Bool
			var wg sync.WaitGroup
			var stats, retire []time.Duration
			wg.Go(func() {
				for !over.Load() {
					begun := time.Now()
					d.pending() // Stats, without a look at the Guards
					stats = append(stats, time.Since(begun))
					begun = time.Now()
					RetireIn(d, new(index), 1, func(*index) {})
					retire = append(retire, time.Since(begun))
					time.Sleep(10 * time.Microsecond)
				}
			})
			for b.Loop() {
				d.Inspect(50)
				b.StopTimer()
				time.Sleep(time.Millisecond)
				b.StartTimer()
			}
			over.Store(true)
			wg.Wait()
			for name, took := range map[string][]time.Duration{"Stats": stats, "Retire": retire} {
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "µs/"+name+"(p99)")
				b.ReportMetric(float64(took[len(took)-1].Nanoseconds())/1e3, "µs/"+name+"(most)")
			}
			release()
			if err := d.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func TestInspectPanics(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "-1") {
			t.Errorf("%q", r)
		}
	}()
	NewDomain(Config{}).Inspect(-1)
}
