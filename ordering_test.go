package hazptr

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// These tests look for the two orders that plain stores do not give by themselves: a reader's [publish] before its [validate], and Retire's [append]
// before its [awake?]. TestOrderingTestsNotice shows that they fail when the heavy fence is taken away.

var orderingDuration = flag.Duration("ordering", 0, "how long each ordering test runs; 0: 2s, with -short 300ms")

func orderingTime() time.Duration {
	switch {
	case *orderingDuration > 0:
		return *orderingDuration
	case testing.Short():
		return 300 * time.Millisecond
	}
	return 2 * time.Second
}

// A delay fills the processor's store buffer: stores to lines that are in no cache, for which those that follow have to wait. They are issued
// faster than they complete, so nothing is computed or loaded between them.
type delay struct {
	lines  []uint64
	random *rand.Rand
}

func newDelay(seed uint64) delay {
	return delay{make([]uint64, 1<<24), rand.New(rand.NewPCG(seed, 0))}
}

func (d delay) stores() {
	at, n := d.random.Uint64(), d.random.IntN(64)
	const next = (4096 + 64) / 8 // in another page and another set of the cache
	for range n {
		d.lines[at%(1<<24)] = at
		at += next
	}
}

// A mortal is alive, or was reclaimed. The words are plain, so that the race detector tells what is not ordered.
type mortal struct {
	state [8]uint64
}

const (
	alive = 0x5EED
	dead  = 0xDEAD
)

func (m *mortal) set(state uint64) {
	for i := range m.state {
		m.state[i] = state
	}
}

// used reads n times and returns what it saw if it wasn't alive.
//
//go:noinline
func (m *mortal) used(n int) uint64 {
	for range n {
		for _, state := range m.state {
			if state != alive {
				return state
			}
		}
	}
	return alive
}

func testOrdering(t *testing.T, read func(h *Holder[mortal], source *atomic.Pointer[mortal], use func(*mortal)),
	end func(old *mortal, reclaim func(*mortal))) {
	var source atomic.Pointer[mortal]
	pool := make(chan *mortal, 1024)
	for range 64 {
		pool <- new(mortal)
	}
	replace := func() *mortal {
		next := <-pool
		next.set(alive)
		return source.Swap(next)
	}
	replace()

	var stop atomic.Bool
	var reads, updates, failures atomic.Int64
	var wg sync.WaitGroup
	for reader := range max(1, runtime.GOMAXPROCS(0)-1) {
		wg.Go(func() {
			h := NewHolder[mortal]()
			defer h.Close()
			delay := newDelay(uint64(reader))
			for !stop.Load() {
				delay.stores()
				read(h, &source, func(m *mortal) {
					// Briefly, to come back often; or for some microseconds, until a worker has had its turn.
					if state := m.used([]int{100, 100, 100, 1000}[delay.random.IntN(4)]); state != alive {
						failures.Add(1)
						stop.Store(true)
					}
				})
				reads.Add(1)
			}
		})
	}
	deadline := time.Now().Add(orderingTime())
	for !stop.Load() && time.Now().Before(deadline) {
		for range 100 {
			end(replace(), func(m *mortal) {
				m.set(dead)
				pool <- m
			})
			updates.Add(1)
		}
	}
	stop.Store(true)
	wg.Wait()
	t.Logf("%d reads, %d updates", reads.Load(), updates.Load())
	if failures.Load() > 0 {
		t.Fatalf("a reader used a reclaimed object, after %d reads and %d updates", reads.Load(), updates.Load())
	}
}

func readByHolder(h *Holder[mortal], source *atomic.Pointer[mortal], use func(*mortal)) {
	use(h.Protect(source))
	h.Clear()
}

func readByGuard(_ *Holder[mortal], source *atomic.Pointer[mortal], use func(*mortal)) {
	g := Acquire(source)
	use(g.Ptr())
	g.Release()
}

func endBySynchronize(old *mortal, reclaim func(*mortal)) {
	if err := Synchronize(context.Background(), old); err != nil {
		panic(err)
	}
	reclaim(old)
}

func TestOrderingHolderSynchronize(t *testing.T) { testOrdering(t, readByHolder, endBySynchronize) }
func TestOrderingGuardSynchronize(t *testing.T)  { testOrdering(t, readByGuard, endBySynchronize) }

func TestOrderingHolderRetire(t *testing.T) { testOrderingRetire(t, readByHolder) }
func TestOrderingGuardRetire(t *testing.T)  { testOrderingRetire(t, readByGuard) }

// testOrderingRetire is its own scanner: between an object's unlinking and the look at the hazards there must be less time than a store can be late.
func testOrderingRetire(t *testing.T, read func(h *Holder[mortal], source *atomic.Pointer[mortal], use func(*mortal))) {
	d := NewDomain(Config{})
	d.state.Store(awake)
	testOrdering(t, read, func(old *mortal, reclaim func(*mortal)) {
		RetireIn(d, old, 0, reclaim)
		d.scanner.pass()
		runtime.Gosched() // to the worker
	})
	d.state.Store(asleep)
	closeDomain(t, d)
}

// The same with the domain's own scanner, as users have it.
func TestOrderingHolderScanner(t *testing.T) {
	d := NewDomain(Config{FlushInterval: 1})
	testOrdering(t, readByHolder, func(old *mortal, reclaim func(*mortal)) { RetireIn(d, old, 0, reclaim) })
	closeDomain(t, d)
}

// TestOrderingWakeUp retires an object when the scanner has taken the one before, and falls asleep: if each takes the other to be the one that
// looks at the queue, the object stays.
func TestOrderingWakeUp(t *testing.T) {
	d := NewDomain(Config{FlushInterval: 1})
	delay := newDelay(1)
	p := new(object)
	reclaim := func(*object) {}
	taken := func() (n uintptr) {
		for q := range d.queues.All() {
			n += q.consumed.Load()
		}
		return n
	}
	n := uintptr(0)
	await := func() {
		for looks, deadline := 0, time.Now().Add(soon); taken() != n; looks++ {
			if looks < 10_000 {
				continue
			}
			// The scanner may have said that it is asleep and be about to look once more. Not for so long, though.
			if d.state.Load() == asleep {
				time.Sleep(100 * time.Millisecond)
				if d.state.Load() == asleep && taken() != n {
					t.Fatalf("the wake-up for object %d was lost: %+v", n, d.Stats())
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("object %d waits for a scanner that is awake: %+v", n, d.Stats())
			}
			runtime.Gosched()
		}
	}
	for deadline := time.Now().Add(orderingTime()); time.Now().Before(deadline); {
		for range 100 {
			RetireIn(d, p, 0, reclaim)
			n++
			await()
			for range delay.random.IntN(1000) {
				sink++
			}
			delay.stores()
			RetireIn(d, p, 0, reclaim)
			n++
			await()
		}
	}
	t.Logf("%d wake-ups", n)
	closeDomain(t, d)
}
