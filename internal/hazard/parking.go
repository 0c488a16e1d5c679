package hazard

import (
	"time"

	"hazptr/internal/yield"
)

// A parking is a goroutine that waits until no slot holds an object: its
// Watches, of the slots that do. It is guarded by watches.mu.
type parking struct {
	held   []*Watch
	silent bool          // one of the slots may be left without a word
	free   chan struct{} // closed when held is empty
}

// newParking returns a parking for what the look has found of p, or nil if that
// is nothing.
func newParking(p uintptr, look *Look) *parking {
	var k *parking
	for slot := range look.Holding(p) {
		if k == nil {
			k = &parking{free: make(chan struct{})}
		}
		k.held = append(k.held, &Watch{Slot: slot, Address: p, By: k, Place: len(k.held)})
		k.silent = k.silent || slot.silent
	}
	return k
}

// Left implements Watcher.
func (p *parking) Left(w *Watch) {
	if w.Holds() {
		return
	}
	watches.remove(w)
	last := p.held[len(p.held)-1]
	p.held[w.Place], last.Place = last, w.Place
	p.held[len(p.held)-1] = nil
	if p.held = p.held[:len(p.held)-1]; len(p.held) == 0 {
		close(p.free)
	}
}

// Serve implements Watcher: Left has done it.
func (p *parking) Serve(bool) {}

// look looks at all the slots. It is called under watches.mu.
func (p *parking) look() {
	for i := len(p.held) - 1; i >= 0; i-- {
		p.Left(p.held[i])
	}
}

// wait waits until no slot holds the object, or ended is closed. It returns how
// many slots hold it.
func (p *parking) wait(ended <-chan struct{}) (holding int) {
	if p.silent {
		p.glance(ended)
	}
	for yield.Enabled && !closed(p.free) && !closed(ended) && yield.Wait("synchronize") {
	}
	select {
	case <-p.free:
	case <-ended:
	}
	return watches.leave(p)
}

// How long a goroutine that waits for a silent slot sleeps between two looks.
const (
	minGlance = 50 * time.Microsecond
	maxGlance = 10 * time.Millisecond
)

// glance looks at the slots now and then, until no slot holds the object, or
// ended is closed: first for itself, since most protections soon end, and then
// with all others that wait for such slots.
func (p *parking) glance(ended <-chan struct{}) {
	for yield.Enabled && !closed(ended) && yield.Wait("synchronize") {
		if watches.look(p) == 0 {
			return
		}
	}
	timer := time.NewTimer(minGlance)
	defer timer.Stop()
	for sleep := minGlance; sleep < maxGlance; sleep *= 2 {
		timer.Reset(sleep)
		select {
		case <-p.free:
			return
		case <-ended:
			return
		case <-timer.C:
			watches.look(p)
		}
	}
	patrol.join(p)
	defer patrol.leave(p)
	for {
		select {
		case <-p.free:
			return
		case <-ended:
			return
		case <-patrol.lead:
		}
		timer.Reset(maxGlance)
		select {
		case <-p.free:
		case <-ended:
		case <-timer.C:
			patrol.look()
		}
		patrol.lead <- struct{}{}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
