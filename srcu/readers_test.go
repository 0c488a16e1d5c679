package srcu

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"hazptr/internal/perproc"
)

// unwanted is closed: a grace period looks once and does not wait.
var unwanted = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// holds reports whether a grace period that begins now doesn't end.
func holds(d *Domain) bool { return !d.readers.GracePeriod(unwanted) }

// pin runs f pinned to a P, with its counts.
func (rs *readers) pin(f func(*counts)) {
	f(rs.counts.Pin())
	perproc.Unpin()
}

func TestGracePeriodWaitsForBothIndexes(t *testing.T) {
	d := New()
	for index := range uintptr(2) {
		// Goroutines that had read the index before it changed, perhaps more
		// than once.
		d.readers.pin(func(c *counts) { c.enter(index) })
		for range 3 {
			if !holds(d) {
				t.Fatalf("a grace period ends, and a section is under way on index %d", index)
			}
		}
		d.readers.pin(func(c *counts) { c.leave(index) })
		if holds(d) {
			t.Fatal("a grace period is held up by a section that has ended")
		}
	}
}

// A section that begins when the index has changed does not hold up the grace
// period that changed it.
func TestGracePeriodPassesLaterSections(t *testing.T) {
	d := New()
	before := d.ReadLock()
	passed := make(chan bool)
	go func() { passed <- d.readers.GracePeriod(nil) }()
	for d.readers.index.Load() == before.index {
		runtime.Gosched()
	}
	later := d.ReadLock()
	if later.index == before.index {
		t.Error("a section began on the index that is waited for")
	}
	d.ReadUnlock(before)
	if !<-passed {
		t.Fatal("it has given up")
	}
	d.ReadUnlock(later)
}

// The sums mean something, not what one P counted.
func TestCountsMoveAndWrap(t *testing.T) {
	d := New()
	for c := range d.readers.counts.All() {
		for i := range 2 {
			c.locks[i].Release(^uintptr(0) - 1)
			c.unlocks[i].Release(^uintptr(0) - 1)
		}
	}
	var sections [6]Token
	for i := range sections {
		sections[i] = d.ReadLock()
	}
	if n := d.readers.Inside(); n != len(sections) {
		t.Fatalf("%d are inside, want %d", n, len(sections))
	}
	for _, section := range sections {
		done := make(chan struct{})
		go func() {
			d.ReadUnlock(section)
			close(done)
		}()
		<-done
	}
	if n := d.readers.Inside(); n != 0 || holds(d) {
		t.Fatalf("%d are inside", n)
	}
}

func TestSecondUnlockIsFound(t *testing.T) {
	d := New()
	section := d.ReadLock()
	d.ReadUnlock(section)
	defer func() {
		if r, ok := recover().(string); !ok || !strings.Contains(r, "ReadUnlock of a Token that had been given to ReadUnlock already") {
			t.Fatal(r)
		}
	}()
	d.ReadUnlock(section) //hazptrvet:ignore this is what must be found
	if checking {
		t.Error("ReadUnlock has not found it")
	}
	holds(d)
}

// Ps that were not there when the Domain was made.
func TestBeyondTheFirstPs(t *testing.T) {
	d := New()
	n := max(runtime.NumCPU(), runtime.GOMAXPROCS(0))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3 * n))
	if runtime.GOMAXPROCS(0) <= n {
		t.Skip("this system has no more Ps")
	}
	beyond := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for range 3 * n {
		wg.Go(func() {
			for {
				section := d.ReadLock()
				if !holds(d) {
					t.Error("a grace period ends, and a section is under way")
				}
				d.ReadUnlock(section)
				p := perproc.Pin()
				perproc.Unpin()
				if p >= n {
					// It may block, so not while pinned.
					once.Do(func() { close(beyond) })
				}
				select {
				case <-beyond:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
	if d.readers.Inside() != 0 {
		t.Fatal("a section is counted that has ended")
	}
}

func TestPollOfAnotherDomainsCookie(t *testing.T) {
	d, other := New(), New()
	defer func() {
		if r := recover(); r != "srcu: Poll of a Cookie that this Domain did not return" {
			t.Fatal(r)
		}
	}()
	d.Poll(other.GetState())
}
