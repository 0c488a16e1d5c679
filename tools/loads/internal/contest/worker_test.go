package contest

import (
	"sync/atomic"
	"testing"

	"hazptr/tools/internal/latency"
)

func TestWorker(t *testing.T) {
	var stop atomic.Bool
	for together, want := range map[int64]int64{0: 10, 1: 10, 4: 2} {
		w := Worker{stop: &stop, together: together, latency: latency.NewHistogram()}
		for range 10 {
			w.Lap()
		}
		if w.done != 10 || w.latency.Count() != want {
			t.Errorf("%d together: %d done, %d timed", together, w.done, w.latency.Count())
		}
	}
	w := Worker{stop: &stop}
	if !w.More() {
		t.Error("a worker stops before it is told to")
	}
	if stop.Store(true); w.More() {
		t.Error("a worker goes on")
	}
}
