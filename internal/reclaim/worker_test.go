package reclaim

import (
	"cmp"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// When a function of the user's panics the program ends, with nil too, and
// calls no others on its way.
func TestPanicOfAReclaimFunctionEndsTheProgram(t *testing.T) {
	const alone = "HAZPTR_TEST_ALONE"
	if os.Getenv(alone) == "" {
		t.Setenv("GODEBUG", "panicnil=1")
		for range 5 {
			for _, value := range []string{"on purpose", ""} {
				t.Setenv("HAZPTR_TEST_PANIC", value)
				out, err := litmus.Again(t, alone)
				_, after, _ := strings.Cut(out, "panicking\n")
				if err == nil || !strings.Contains(after, "panic: "+cmp.Or(value, "nil")) || strings.Contains(after, "another") ||
					// The traceback tells where it panicked.
					!strings.Contains(out, t.Name()+".func") {
					t.Fatalf("panic(%q): %v\n%.2000s", value, err, out)
				}
			}
		}
		return
	}
	d := NewDomain(Config{Workers: 1})
	d.bell.state.Store(awake) // until all are in the queue
	RetireIn(d, new(int), 0, func(*int) {
		os.Stdout.WriteString("panicking\n")
		if text := os.Getenv("HAZPTR_TEST_PANIC"); text != "" {
			panic(text)
		}
		panic(nil)
	})
	for range 100 { // some of them may come first: there is a queue for each P
		RetireIn(d, new(int), 0, func(*int) { os.Stdout.WriteString("another\n") })
	}
	d.pass.make(false)
	time.Sleep(litmus.Soon)
}

// Where a P is shared with goroutines that don't yield, a worker's waiting for
// its turn is not taken for the time of reclaim functions, and its own turns
// become longer.
func TestYieldToTheBusy(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := NewDomain(Config{})
	w := &worker{ledger: &d.ledger, longest: maxRun, since: maxRun}
	var stop atomic.Bool
	go litmus.Busy(&stop)
	defer stop.Store(true)
	litmus.Eventually(t, "the other one has its turn", func() bool {
		before := d.clock.now()
		w.yield()
		waited := time.Duration(d.clock.now() - before)
		if w.since != 0 || w.looked < before || w.yielded != w.looked {
			t.Fatalf("after %v: %+v", waited, w)
		}
		got := time.Duration(w.slice)
		if got < runTime || got > maxSlice || got > runTime && got > waited/slicePart {
			t.Fatalf("after %v a turn is of %v", waited, got)
		}
		return got > time.Millisecond
	})
}

// Objects that become ready one by one behind a blocked function share chunks.
func TestReadyObjectsShareChunks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	d := NewDomain(Config{Workers: 1, ScanPercent: 100})
	hold := make(chan struct{})
	RetireIn(d, new(int), 0, func(*int) { <-hold })
	const n = 1000
	for i := range int64(n) {
		RetireIn(d, new(int), 0, func(*int) {})
		litmus.Eventually(t, "the object is ready", func() bool { return d.Stats().Blocked == i+2 })
	}
	d.ledger.mu.Lock()
	distinct := map[*chunk]bool{}
	for _, s := range d.ledger.ready.spans[d.ledger.ready.next:] {
		distinct[s.chunk] = true
	}
	chunks := len(distinct)
	d.ledger.mu.Unlock()
	// The chunks of each P are neighbours.
	if chunks > n/chunkLen+1+runtime.GOMAXPROCS(0) {
		t.Errorf("%d chunks for %d ready objects", chunks, n)
	}
	close(hold)
	closeDomain(t, d)
}
