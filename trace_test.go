package hazptr

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

//go:noinline
func acquireSomewhere(source *atomic.Pointer[database]) Guard[database] { return Acquire(source) }

// With Trace a stall tells where its hazard pointers come from.
func TestTrace(t *testing.T) {
	stalls := make(chan Stall, 1000)
	d := NewDomain(Config{Trace: true, StallAfter: time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	var source atomic.Pointer[database]
	source.Store(new(database))
	h := NewHolder[database]()
	h.Protect(&source)
	const n = 16 * traceEvery
	var guards [n]Guard[database] // of which some are traced
	for i := range guards {
		guards[i] = acquireSomewhere(&source)
		for range i % traceEvery { // the slots' turns differ
			g := acquireSomewhere(&source)
			g.Release()
		}
	}
	RetireIn(d, source.Swap(nil), 0, unmap)
	s := <-stalls
	if s.Hazards != n+1 || len(s.Acquired) < 2 || len(s.Acquired) > maxPlaces {
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
	if len(traces.at) != 0 || traces.on.Load() != 0 {
		t.Errorf("after Close, %d are remembered", len(traces.at))
	}
}

// A trace is that of a slot's Guard, not of an earlier one.
func TestTraceOfAnEarlierGuard(t *testing.T) {
	traces.on.Add(1)
	defer traces.off()
	var source atomic.Pointer[database]
	source.Store(new(database))
	traced := 0
	for range 10 * traceEvery {
		g := Acquire(&source)
		traced += len(traces.of([]*uintptr{&g.slot.hazard}))
		g.Release()
	}
	if traced < 2 || traced > 40 {
		t.Errorf("%d of %d Guards have a trace", traced, 10*traceEvery)
	}
	h := NewHolder[database]()
	slot := h.slot
	if len(traces.of([]*uintptr{&slot.hazard})) != 1 {
		t.Error("a Holder has no trace")
	}
	h.Close()
	if len(traces.of([]*uintptr{&slot.hazard})) != 0 {
		t.Error("a closed Holder has a trace")
	}
}
