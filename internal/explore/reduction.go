package explore

// A Reduction says which executions are left out.
type Reduction int

const (
	// Races explores what source-DPOR with sleep sets does: one execution for
	// each order of conflicting steps.
	Races Reduction = iota

	// Sleeping uses sleep sets alone. It has as many complete executions as
	// Races, and more redundant ones.
	Sleeping

	// Nothing leaves nothing out.
	Nothing
)

// A node is a state on the way to the present one.
type node struct {
	enabled  set
	planned  set // to be explored from here
	explored set // from here

	// Explored before this node was reached, and independent of all steps
	// since.
	sleep set

	chosen actor // the present step from here
}

// back goes to the deepest node with something left to explore. It returns
// false if there is none.
func (x *explorer) back() bool {
	for i := len(x.nodes) - 1; i >= 0; i-- {
		n := &x.nodes[i]
		n.explored |= setOf(n.chosen)
		if left := n.planned.without(n.explored | n.sleep); left != 0 {
			n.chosen = left.first()
			x.nodes = x.nodes[:i+1]
			x.fresh = i
			return true
		}
	}
	return false
}

// stillAsleep returns which of those asleep stay so after an actor's step.
//
// What was explored from a state need not be explored after a step that does
// not depend on it: the two orders come to the same.
func (x *explorer) stillAsleep(sleep set, step actor) (still set) {
	if x.scenario.Reduction == Nothing {
		return 0
	}
	for left := sleep.without(setOf(step)); left != 0; left = left.without(setOf(left.first())) {
		if a := left.first(); !x.dependent(step, a) {
			still |= setOf(a)
		}
	}
	return still
}

// reverseRaces plans the reversal of the races of the step just taken.
func (x *explorer) reverseRaces() {
	if len(x.events) <= x.fresh || x.scenario.Reduction != Races || len(x.nodes) < len(x.events) {
		return
	}
	for _, rival := range x.races.rivals {
		if x.races.immediate(x, rival) {
			x.reverse(rival)
		}
	}
}

// reverse sees to it that from before an event on something is explored that
// leads to the last event coming before it.
//
// It is the race reversal of source-DPOR. What follows the event without
// depending on it, and then the last event, is possible from before the event
// on; any actor that can begin that, an initial, will do. If none of them is to
// be explored there, one is added.
func (x *explorer) reverse(position int32) {
	n, e := &x.nodes[position], &x.events[position]
	last := len(x.events) - 1
	x.suffix = x.suffix[:0]
	var seen, initials set
	for j := int(position) + 1; j <= last; j++ {
		f := &x.events[j]
		if j != last && f.clock.knows(e) {
			continue
		}
		if !seen.has(f.actor) {
			seen |= setOf(f.actor)
			if x.begins(f) {
				initials |= setOf(f.actor)
			}
		}
		x.suffix = append(x.suffix, int32(j))
	}
	x.result.Races++
	possible := initials & n.enabled
	switch {
	case possible == 0:
		n.planned |= n.enabled // no initial can go first: try everything
	case possible&(n.planned|n.sleep) != 0:
		// It is planned, or was explored before.
	case possible.has(x.events[last].actor):
		n.planned |= setOf(x.events[last].actor)
	default:
		n.planned |= setOf(possible.first())
	}
}

// begins reports whether no event of the suffix comes before f.
func (x *explorer) begins(f *event) bool {
	for _, j := range x.suffix {
		if f.clock.knows(&x.events[j]) {
			return false
		}
	}
	return true
}

// dependent reports whether the next steps of two actors, both enabled, don't
// commute. It is what [racing.with] says of events, for steps to come.
func (x *explorer) dependent(a, b actor) bool {
	ka, pa := x.pending(a)
	kb, pb := x.pending(b)
	if x.n.thread(a) == x.n.thread(b) {
		// A store after which a fence is not enabled any more. All else that a
		// thread and its buffer do is ordered by what is enabled.
		return ka == fence && kb == store || ka == store && kb == fence
	}
	switch {
	case ka.hidden() || kb.hidden():
		return false
	case ka == wait:
		return kb.writes() && x.threads[a].knowsOf(pb)
	case kb == wait:
		return ka.writes() && x.threads[b].knowsOf(pa)
	}
	return pa == pb && (ka.writes() || kb.writes())
}

// reverseBlocked plans the reversal of the races of locks that no thread will
// take: with the acquisition that they wait for the end of.
func (x *explorer) reverseBlocked() {
	if x.scenario.Reduction != Races || len(x.nodes) < len(x.events) {
		return
	}
	for _, t := range x.threads {
		if t.ended || t.kind != lock {
			continue
		}
		x.races.begin(x, t.id)
		x.races.enabledBy(&x.clocks[x.n.buffer(t.id)])
		x.races.with(x, x.memory.at(t.addr).acquired)
		c := x.races.clock
		c[t.id] = x.numbers[t.id] + 1
		x.events = append(x.events, event{actor: t.id, number: c[t.id], clock: c, kind: lock, addr: t.addr})
		for _, rival := range x.races.rivals {
			x.reverse(rival)
		}
		x.events = x.events[:len(x.events)-1]
	}
}
