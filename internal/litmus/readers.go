package litmus

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A Read loads the present object, calls use with it, and protects it
// meanwhile.
type Read func(source *atomic.Pointer[Mortal], use func(*Mortal))

// Readers has one goroutine for each P but one read again and again, while the
// caller replaces the object. It has end end the old object; end calls reclaim
// with it, then or later, on any goroutine. The test fails when a reader uses a
// reclaimed object. join is called on each reader's goroutine, and leave when
// the reader is done. The reader's stores are late, and it has a processor of
// its own.
func Readers(t *testing.T, join func() (read Read, leave func()), end func(old *Mortal, reclaim func(*Mortal))) {
	var source atomic.Pointer[Mortal]
	pool := make(chan *Mortal, 1024)
	for range 64 {
		pool <- new(Mortal)
	}
	replace := func() *Mortal {
		next := <-pool
		next.set(alive)
		return source.Swap(next)
	}
	replace()

	var stop, failed atomic.Bool
	defer stop.Store(true)
	var reads, updates atomic.Int64
	var wg sync.WaitGroup
	for reader := range max(1, runtime.GOMAXPROCS(0)-1) {
		delay := NewDelay(uint64(reader))
		wg.Go(func() {
			defer Apart(reader)()
			read, leave := join()
			defer leave()
			use := func(m *Mortal) {
				// Briefly, to come back often; or for some microseconds, until
				// a worker has had its turn.
				if !m.used([]int{100, 100, 100, 1000}[delay.IntN(4)]) {
					failed.Store(true)
					stop.Store(true)
				}
			}
			for looks := Looks(0); !stop.Load(); looks.Next() {
				delay.Stores()
				read(&source, use)
				reads.Add(1)
			}
		})
	}
	// Reads. A busy machine may grant none before the deadline.
	const enough = 1000
	atLast := time.Now().Add(Soon)
	for deadline := time.Now().Add(Duration()); !stop.Load() && (time.Now().Before(deadline) || reads.Load() < enough && time.Now().Before(atLast)); {
		for range 10 {
			end(replace(), func(m *Mortal) {
				m.set(dead)
				pool <- m
			})
			updates.Add(1)
		}
	}
	stop.Store(true)
	wg.Wait()
	t.Logf("%d reads, %d updates", reads.Load(), updates.Load())
	if !failed.Load() && reads.Load() < enough {
		t.Fatalf("%d reads in %v", reads.Load(), Soon)
	}
	if failed.Load() {
		t.Fatalf("a reader used a reclaimed object, after %d reads and %d updates", reads.Load(), updates.Load())
	}
}
