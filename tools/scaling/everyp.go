package main

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/perproc"
)

// visiting is how long onEachP may take.
const visiting = 30 * time.Second

// onEachP calls visit once on each P, or on most of them: the scheduler may
// move the caller to another one meanwhile, unnoticed. visit must not block.
//
// Each P is kept by the goroutine that has come to it until all are visited. So
// the others come to other Ps.
func onEachP(visit func()) error {
	visited := make([]atomic.Bool, runtime.GOMAXPROCS(0))
	var left atomic.Int64
	left.Store(int64(len(visited)))
	deadline := time.Now().Add(visiting)
	var all sync.WaitGroup
	for range visited {
		all.Go(func() {
			for left.Load() > 0 && time.Now().Before(deadline) {
				if p := here(); !visited[p].Swap(true) {
					visit()
					left.Add(-1)
				}
				keep()
			}
		})
	}
	all.Wait()
	if left.Load() > 0 {
		return errors.New("the scheduler has not used all Ps in half a minute: is the machine busy with other things?")
	}
	return nil
}

// here returns the number of the P that the caller runs on.
func here() int {
	p := perproc.Pin()
	perproc.Unpin()
	return p
}
