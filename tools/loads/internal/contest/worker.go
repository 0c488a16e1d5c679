package contest

import (
	"context"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/latency"
)

// A Worker counts and times what one goroutine does. What a load adds to it
// stands before it in a struct of the load's own, so that the padding is last.
type Worker struct {
	Number  int
	Context context.Context // ends with the round
	Fail    func(error)     // ends the round

	stop     *atomic.Bool
	together int64

	done    int64
	began   time.Time
	lapped  time.Duration // since began
	latency *latency.Histogram

	_ [128]byte // each lap writes to the fields above
}

// More reports whether the worker is to go on.
func (w *Worker) More() bool { return !w.stop.Load() }

// Lap ends what is counted. As many as are timed together are timed from the
// end of those before: nothing that holds a worker up is missed, and the clock
// is read once for all of them.
func (w *Worker) Lap() {
	w.done++
	if w.together > 1 && w.done%w.together != 0 {
		return
	}
	now := time.Since(w.began)
	w.latency.Record(now - w.lapped)
	w.lapped = now
}
