package bench

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Each round, nobody may leave before all have arrived, and nobody may arrive twice.
func TestBarrier(t *testing.T) {
	for _, parties := range []int{1, 2, 7, 64} {
		b := newBarrier(parties)
		const rounds = 200
		var arrived [rounds]atomic.Int64
		var all sync.WaitGroup
		for i := range parties {
			all.Add(1)
			go func() {
				defer all.Done()
				for round := range rounds {
					if (i+round)%3 == 0 {
						runtime.Gosched()
					}
					arrived[round].Add(1)
					b.wait()
					if n := arrived[round].Load(); n != int64(parties) {
						t.Errorf("left round %d after %d of %d", round, n, parties)
					}
				}
			}()
		}
		all.Wait()
	}
}
