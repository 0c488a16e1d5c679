package reclaim

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/litmus"
)

type index struct{ _ [10]int }

// What is in the queues has a type; what a worker has in hand, unwatched, has
// none.
func TestSurveyQueuedAndInHand(t *testing.T) {
	d := NewDomain(Config{Workers: 1})
	d.bell.state.Store(awake) // no scanner
	for range 300 {
		RetireIn(d, new(index), 2, func(*index) {})
	}
	if i := d.Survey(10); len(i.Types) != 1 || i.Types[0].Type.String() != "*reclaim.index" || i.Types[0].Objects != 300 || i.Types[0].Bytes != 600 || len(i.Oldest) != 0 {
		t.Errorf("%+v", i)
	}
	d.bell.state.Store(asleep)
	d.bell.ring()
	called, release := make(chan struct{}), make(chan struct{})
	RetireIn(d, new(database), 2, func(*database) { close(called); <-release })
	<-called
	i := d.Survey(10)
	total := int64(0)
	for _, p := range i.Types {
		total += p.Objects
	}
	inHand := slices.ContainsFunc(i.Types, func(p Tally) bool { return p.Type == nil })
	if total != d.Stats().Pending || !inHand {
		t.Errorf("%+v of %d pending", i, d.Stats().Pending)
	}
	close(release)
	closeDomain(t, d)
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

// total is how many objects the survey has counted.
func (i *survey) total() (n int64) {
	for _, p := range i.types {
		n += p.Objects
	}
	return n
}

// A survey looks at no more than some of the ready objects before it lets
// others have the lock, and counts each once.
func TestSurveyALittleAtATime(t *testing.T) {
	const n = 5 * surveyAtATime
	d, release := blocked(t, n, func(*index) {})
	i := newSurvey(d.clock, 3)
	steps := 0
	d.ledger.mu.Lock()
	i.beginReady(&d.ledger.ready)
	for more := true; more; steps++ {
		before := i.total()
		more = i.countReady(&d.ledger.ready)
		if some := i.total() - before; some > surveyAtATime+chunkLen {
			t.Errorf("%d objects at a time", some)
		}
		d.ledger.mu.Unlock()
		d.Stats() // it has the lock
		d.ledger.mu.Lock()
	}
	i.oldestReady(&d.ledger.ready)
	i.inHand(&d.ledger.crew, d.ledger.ready.waiting())
	d.ledger.mu.Unlock()
	if steps < 4 || i.total() != n || len(i.oldest) != 4 {
		t.Errorf("%d objects in %d steps, the oldest %d, want %d", i.total(), steps, len(i.oldest), n)
	}
	release()
	closeDomain(t, d)
}

// What a worker takes between two looks is counted once, or not at all if it
// has been reclaimed.
func TestSurveyIsOvertaken(t *testing.T) {
	const n = 4 * surveyAtATime
	// At this object the worker stays.
	for _, stays := range []int{n / 8, n / 2, n - 100} {
		calls := 0
		stopped, leave := make(chan struct{}), make(chan struct{})
		d, release := blocked(t, n, func(*index) {
			if calls++; calls == stays {
				close(stopped)
				<-leave
			}
		})
		i := newSurvey(d.clock, 5)
		d.ledger.mu.Lock()
		i.beginReady(&d.ledger.ready)
		i.countReady(&d.ledger.ready)
		seen := i.total()
		d.ledger.mu.Unlock()
		release()
		<-stopped
		d.ledger.mu.Lock()
		for i.countReady(&d.ledger.ready) {
		}
		i.oldestReady(&d.ledger.ready)
		i.inHand(&d.ledger.crew, d.ledger.ready.waiting())
		pending := int64(n) - d.ledger.ready.done
		d.ledger.mu.Unlock()
		// What was seen at first is pending, or has been reclaimed since.
		want := max(pending, seen)
		if got := i.total(); got != want {
			t.Errorf("the worker is at %d of %d: %d objects are counted, want %d", stays, n, got, want)
		}
		running := 0
		for _, o := range i.oldest {
			if o.Code != 0 {
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
func TestSurveyFindsTheOldest(t *testing.T) {
	d, release := blocked(t, 100, func(*index) {})
	d.ledger.mu.Lock()
	c := d.chunks.get()
	l := &d.ledger.ready
	now := d.clock.now()
	for n := range 10 { // ages 3, 6, 9, 2, 5, 8, 1, 4, 7, 0 hours
		object := new(database)
		c.set(uintptr(n), Object{unsafe.Pointer(object), ending{kind: l.spans[l.next].chunk.endings[l.spans[l.next].from].kind}})
		l.spans = append(l.spans, span{c, uintptr(n), uintptr(n) + 1, now - int64((n*3+3)%10)*int64(time.Hour)})
		l.added++
	}
	d.ledger.mu.Unlock()
	i := d.Survey(4)
	if len(i.Oldest) != 4 {
		t.Fatalf("%v", i.Oldest)
	}
	for n, o := range i.Oldest {
		if age := o.Age.Round(time.Hour); age != time.Duration(9-n)*time.Hour {
			t.Errorf("%d: %v", n, age)
		}
	}
	d.ledger.mu.Lock()
	l.spans = l.spans[:len(l.spans)-10]
	l.added -= 10
	d.ledger.mu.Unlock()
	release()
	closeDomain(t, d)
}

// BenchmarkSurvey surveys a domain in which 300,000 objects are pending, and
// tells how long a Stats and a Retire took meanwhile.
func BenchmarkSurvey(b *testing.B) {
	const n = 300_000
	ready := func(b *testing.B) (*Domain, func()) { return blocked(b, n, func(*index) {}) }
	queued := func(*testing.B) (*Domain, func()) {
		d := NewDomain(Config{MaxPending: 8 * n})
		d.bell.state.Store(awake) // no scanner
		for range n {
			RetireIn(d, new(index), 1, func(*index) {})
		}
		return d, func() { d.bell.state.Store(asleep); d.bell.ring() }
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
				d.Survey(50)
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
