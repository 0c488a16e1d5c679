package explore

// A racing finds the events with which the step that is taken races.
type racing struct {
	thread actor // of the step
	fence  bool  // the step is a fence
	given  clock // what comes before the step whatever the order of conflicts
	clock  clock // what comes before it
	rivals []int32
}

// begin is for a step of an actor.
func (r *racing) begin(x *explorer, a actor) {
	r.thread, r.fence = x.n.thread(a), x.n.isFence(a)
	r.given = x.clocks[a]
	r.clock = r.given
	r.rivals = r.rivals[:0]
}

// enabledBy says that what the clock knows has made the step possible.
func (r *racing) enabledBy(c *clock) {
	r.given.join(c)
	r.clock.join(c)
}

// after says that what the clock knows comes before the step, though it would
// not have to if an event that is no rival of the step came later.
func (r *racing) after(c *clock) { r.clock.join(c) }

// with says that the step conflicts with an event, if there is one.
//
// A thread's loads and swaps do not conflict with its drains. It sees its own
// newest store, be it in the buffer or in memory, and swaps when the buffer is
// empty.
func (r *racing) with(x *explorer, position int32) {
	if position == 0 {
		return
	}
	e := &x.events[position-1]
	if x.n.thread(e.actor) == r.thread && !r.fence && !x.n.isFence(e.actor) {
		return
	}
	r.clock.join(&e.clock)
	if !r.given.knows(e) {
		r.rivals = append(r.rivals, position-1)
	}
}

func (r *racing) withAll(x *explorer, positions []int32) {
	for _, p := range positions {
		r.with(x, p)
	}
}

// immediate reports whether nothing else lies between a rival and the step.
// What lies between two conflicting events is a rival itself.
func (r *racing) immediate(x *explorer, rival int32) bool {
	e := &x.events[rival]
	for _, other := range r.rivals {
		if other != rival && x.events[other].clock.knows(e) {
			return false
		}
	}
	return true
}
