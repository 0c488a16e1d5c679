package main

import (
	"runtime"
	"sync/atomic"
	"testing"

	"hazptr/internal/perproc"
)

// Each P is visited, also those beyond the cores. The scheduler may move a
// visitor unnoticed, but not most of them.
func TestOnEachP(t *testing.T) {
	procs := 4*runtime.NumCPU() + 3
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	counts := perproc.NewLocal[atomic.Int64]()
	var visits atomic.Int64
	err := onEachP(func() {
		counts.Pin().Add(1)
		perproc.Unpin()
		visits.Add(1)
	})
	if err != nil || visits.Load() != int64(procs) {
		t.Errorf("%d visits to %d Ps: %v", visits.Load(), procs, err)
	}
	visited := 0
	for c := range counts.All() {
		if c.Load() > 0 {
			visited++
		}
	}
	if visited <= procs/2 {
		t.Errorf("%d of %d Ps were visited", visited, procs)
	}
}
