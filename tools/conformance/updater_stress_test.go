package conformance

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/srcu"
)

// A node is what readers find and updaters end. What is plain in it is for the
// race detector: an end that comes too early is a race.
type node struct {
	child *node
	ended bool
}

func newNode() *node { return &node{child: new(node)} }

func (n *node) end() { n.ended, n.child.ended = true, true }

// inUse wants a reader's node to be there, and all that it leads to.
func (n *node) inUse(t *testing.T) {
	if n.ended || n.child.ended {
		t.Error("a reader is inside, and what it has found has ended")
	}
}

// What a reader finds in a section stays until the section ends, in whatever
// way updaters wait for that: Synchronize, Call, or a poll, while others give
// up (rcutorture: readers of all kinds, writers of all kinds).
func TestWhatReadersFindStays(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		var current atomic.Pointer[node]
		current.Store(newNode())
		var stop atomic.Bool
		var readers, updaters sync.WaitGroup
		for made := range 4 {
			readers.Go(func() {
				random := rand.New(rand.NewPCG(11, uint64(made)))
				r := d.newReader()
				for !stop.Load() {
					r.ReadLock()
					n := current.Load()
					n.inUse(t)
					depth := random.IntN(3)
					for range depth {
						r.ReadLock()
						current.Load().inUse(t)
					}
					for range random.IntN(4) {
						runtime.Gosched()
						n.inUse(t)
					}
					for range depth {
						r.ReadUnlock()
						n.inUse(t)
					}
					r.ReadUnlock()
					switch random.IntN(20) {
					case 0:
						r.Close()
						r = d.newReader()
					case 1:
						time.Sleep(100 * time.Microsecond) // outside
					}
				}
				r.Close()
			})
		}
		var posted, called atomic.Int64
		for updater := range 2 {
			updaters.Go(func() {
				random := rand.New(rand.NewPCG(13, uint64(updater)))
				for range rounds(1200) {
					old := current.Swap(newNode())
					switch random.IntN(5) {
					case 0, 1:
						posted.Add(1)
						d.Call(func() {
							old.end()
							called.Add(1)
						})
					case 2:
						ctx, cancel := context.WithTimeout(context.Background(), 20*time.Microsecond)
						if d.Synchronize(ctx) == nil {
							old.end()
						}
						cancel()
					case 3:
						if err := d.Synchronize(within(t, soon)); err != nil {
							t.Error(err)
						}
						old.end()
					case 4:
						cookie := d.startPoll()
						eventually(t, "Poll reports true", func() bool { return d.poll(cookie) })
						old.end()
					}
				}
			})
		}
		returns(t, &updaters)
		if err := d.Barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
		if posted.Load() != called.Load() {
			t.Errorf("%d callbacks were posted, and %d called when Barrier has returned", posted.Load(), called.Load())
		}
		stop.Store(true)
		returns(t, &readers)
	})
}

// Several goroutines post and wait at a time. Barrier returns when all that
// were posted before it have been called, each once, and in order for each
// poster (rcutorture: rcu_torture_barrier).
func TestBarrierOfManyPosters(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		stop := make(chan struct{})
		reader := background(func() { // inside now and then
			for {
				select {
				case <-stop:
					return
				default:
					leave := enter(d)
					runtime.Gosched()
					leave()
				}
			}
		})
		var posters sync.WaitGroup
		for range 4 {
			posters.Go(func() {
				called := 0
				for round := range rounds(120) {
					for i := range 10 {
						want := 10*round + i
						d.Call(func() {
							if called != want {
								t.Errorf("callback %d is called after %d others", want, called)
							}
							called++
						})
					}
					if err := d.Barrier(within(t, soon)); err != nil {
						t.Error(err)
					}
					if called != 10*(round+1) {
						t.Errorf("%d callbacks were called when Barrier has returned, want %d", called, 10*(round+1))
					}
				}
			})
		}
		returns(t, &posters)
		close(stop)
		happens(t, "the reader returns", reader)
	})
}

// The same for sections that begin in one goroutine and end in another
// (include/linux/srcu.h, srcu_down_read and srcu_up_read; rcutorture's up/down
// readers).
func TestSRCUWhatReadersFindStaysWhenTheyHandOn(t *testing.T) {
	d := srcu.New()
	type section struct {
		token srcu.Token
		found *node
	}
	var current atomic.Pointer[node]
	current.Store(newNode())
	sections := make(chan section, 64)
	var stop atomic.Bool
	var beginners, enders sync.WaitGroup
	for range 2 {
		beginners.Go(func() {
			for !stop.Load() {
				token := d.ReadLock()
				found := current.Load()
				found.inUse(t)
				sections <- section{token, found}
			}
		})
		enders.Go(func() {
			for s := range sections {
				s.found.inUse(t)
				d.ReadUnlock(s.token)
			}
		})
	}
	for i := range rounds(600) {
		old := current.Swap(newNode())
		if i%2 == 0 {
			d.Call(old.end)
			continue
		}
		if err := d.Synchronize(within(t, soon)); err != nil {
			t.Fatal(err)
		}
		old.end()
	}
	stop.Store(true)
	returns(t, &beginners)
	close(sections)
	returns(t, &enders)
	if err := d.Close(within(t, soon)); err != nil {
		t.Error(err)
	}
}
