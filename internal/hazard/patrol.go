package hazard

import "sync"

// patrol looks at the silent slots that goroutines have waited for for long.
var patrol = newPatroller()

// A patroller is the goroutines that wait for silent slots, of which one at a
// time has the lead and looks for all of them.
type patroller struct {
	lead chan struct{} // has an element while no goroutine has the lead

	mu      sync.Mutex
	waiting map[*parking]struct{}
}

func newPatroller() *patroller {
	p := &patroller{lead: make(chan struct{}, 1), waiting: map[*parking]struct{}{}}
	p.lead <- struct{}{}
	return p
}

func (ps *patroller) join(p *parking) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.waiting[p] = struct{}{}
}

func (ps *patroller) leave(p *parking) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.waiting, p)
}

// look has each goroutine's slots looked at. The caller has the lead.
func (ps *patroller) look() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for p := range ps.waiting {
		watches.look(p)
	}
}
