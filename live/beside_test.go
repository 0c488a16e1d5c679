package live_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"hazptr/live"
)

// What a quick use waits for beside one of 100 ms, with a reload every 10 ms.
// There are 1,000 quick uses a second, and each is timed. An operation is a use
// and the pause before it, so ns/op means nothing.
func BenchmarkBesideSlowUse(b *testing.B) {
	b.Run("live", func(b *testing.B) {
		v := live.New(&resource{n: 1}, live.Options[*resource]{Name: "beside", Close: func(*resource) error { return nil }, Logger: quiet})
		beside(b,
			func(use func()) { _ = v.Do(func(*resource) error { use(); return nil }) },
			func() { _ = v.Store(&resource{n: 2}) })
		_ = v.Shutdown(context.Background())
	})
	b.Run("rwmutex", func(b *testing.B) {
		var mu sync.RWMutex
		beside(b,
			func(use func()) { mu.RLock(); defer mu.RUnlock(); use() },
			func() { mu.Lock(); defer mu.Unlock() })
	})
}

func beside(b *testing.B, do func(use func()), reload func()) {
	stop := make(chan struct{})
	var others sync.WaitGroup
	repeat := func(f func()) {
		others.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					f()
				}
			}
		})
	}
	repeat(func() { do(func() { time.Sleep(100 * time.Millisecond) }) })
	repeat(func() { reload(); time.Sleep(10 * time.Millisecond) })
	var took []time.Duration
	for b.Loop() {
		time.Sleep(time.Millisecond)
		start := time.Now()
		do(func() {})
		took = append(took, time.Since(start))
	}
	close(stop)
	others.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*999/1000].Nanoseconds()), "p99.9-ns")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "worst-ns")
	b.ReportMetric(0, "ns/op")
}
