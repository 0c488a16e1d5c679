package reclaim

import (
	"sync/atomic"
	"time"

	"hazptr/internal/interleave"
)

// fuzzScanners are the scanners of a domain, which the Threads of FuzzWakeUp
// are when one was started. A scanner is a worker, too, after each of its
// passes.
type fuzzScanners struct {
	*fuzzWorld
	due     atomic.Int32 // that were started and don't run yet
	running atomic.Int32
	busy    atomic.Int32 // Threads that may yet do more than a scanner does
	free    atomic.Int32 // Threads that wait for no scanner
}

// serve makes the caller, which has nothing else to do any more, a scanner
// whenever one is due.
func (f *fuzzScanners) serve(thread *interleave.Thread) {
	for f.busy.Add(-1); f.due.Load() > 0 || f.running.Load() > 0 || f.busy.Load() > 0; thread.Wait() {
		f.busy.Add(1)
		f.run(thread)
		f.busy.Add(-1)
	}
}

// started reports whether a scanner is due when there are no Threads any more.
// A goroutine that says so may not have run before.
func (f *fuzzScanners) started() bool {
	for range 1000 {
		if f.due.Load() > 0 {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// run makes the caller a scanner until it falls asleep, if one is due. It
// begins with a rest if a caller of Retire has said that the scanner rests.
func (f *fuzzScanners) run(thread *interleave.Thread) {
	if f.due.Load() == 0 {
		return
	}
	f.due.Add(-1)
	f.running.Add(1)
	defer f.running.Add(-1)
	if f.d.bell.state.Load() == resting {
		f.rest(thread)
	}
	for over := false; !over; over = f.sleep(thread) {
		f.d.pass.run()
		f.d.ledger.hire(false).work()
	}
}

// sleep is scanner.sleep, with f's rest.
func (f *fuzzScanners) sleep(thread *interleave.Thread) bool {
	if f.d.scanner.fallAsleep() {
		return true
	}
	if f.d.scanner.lieDown() {
		f.rest(thread)
	}
	return false
}

// rest is scanner.watch, but that it takes as long as others are busy.
func (f *fuzzScanners) rest(thread *interleave.Thread) {
	s := &f.d.scanner
	if s.untilDue(s.pass.now()) > 0 {
		f.busy.Add(-1)
		for s.bell.state.Load() == resting && f.busy.Load() > 0 {
			thread.Wait()
		}
		f.busy.Add(1)
		if s.bell.state.Load() == resting {
			// The end of the interval must not be needed for what is in the
			// queues.
			if s.queued() {
				f.S.Errorf("a scanner rests, and there is something in the queues")
			}
			f.ReleaseAll(nil)
		}
	}
	s.bell.state.CompareAndSwap(resting, awake)
}
