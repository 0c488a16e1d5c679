package hazptr

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/hazard"
)

//go:noinline
func acquireSomewhere(source *atomic.Pointer[database]) Guard[database] { return Acquire(source) }

// With Trace a stall tells where its hazard pointers come from.
func TestTrace(t *testing.T) {
	every := 16 // of so many Guards one is traced
	if check.Enabled {
		every = 1
	}
	stalls := make(chan Stall, 1000)
	d := NewDomain(Config{Trace: true, StallAfter: time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	var source atomic.Pointer[database]
	source.Store(new(database))
	h := NewHolder[database]()
	h.Protect(&source)
	n := 16 * every
	guards := make([]Guard[database], n) // of which some are traced
	for i := range guards {
		guards[i] = acquireSomewhere(&source)
		for range i % every { // the slots' turns differ
			g := acquireSomewhere(&source)
			g.Release()
		}
	}
	RetireIn(d, source.Swap(nil), 0, unmap)
	s := <-stalls
	if s.Hazards != n+1 || len(s.Acquired) < 2 || len(s.Acquired) > 32 {
		t.Fatalf("%d hazard pointers, %d of them traced", s.Hazards, len(s.Acquired))
	}
	holders := 0
	for _, at := range s.Acquired {
		switch {
		case strings.HasPrefix(at, "hazptr.acquireSomewhere (") && strings.Contains(at, "trace_test.go:") && strings.Contains(at, " < hazptr.TestTrace ("):
		case strings.HasPrefix(at, "hazptr.TestTrace (") && strings.Contains(at, "trace_test.go:"):
			holders++
		default:
			t.Errorf("acquired by %q", at)
		}
	}
	if holders != 1 {
		t.Errorf("%d Holders are told of, want 1", holders)
	}
	if !strings.Contains(s.String(), "; acquired by hazptr.") {
		t.Error(s)
	}

	// Guards that come later in the same slots are others.
	for i := range guards {
		guards[i].Release()
	}
	h.Close()
	closeDomain(t, d)
	if hazard.Tracing() {
		t.Error("after Close, places are remembered")
	}
}
