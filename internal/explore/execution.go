package explore

import "fmt"

// enabled returns the actors that can take a step.
func (x *explorer) enabled() (en set) {
	for _, t := range x.threads {
		if len(t.buffer) > 0 {
			en |= setOf(x.n.buffer(t.id))
		}
		if t.ended {
			continue
		}
		if t.kind == finish {
			for _, on := range x.threads {
				if t.owed.has(on.id) && len(on.buffer) == 0 {
					en |= setOf(x.n.fence(t.id, on.id))
				}
			}
		}
		if x.canGoOn(t) {
			en |= setOf(t.id)
		}
	}
	return en
}

// canGoOn reports whether the thread can take the step that it has announced.
func (x *explorer) canGoOn(t *Thread) bool {
	switch {
	case t.kind.locked() && len(t.buffer) > 0:
		return false
	case t.kind == lock:
		return x.memory.at(t.addr).owner == nil
	case t.kind == finish:
		return t.owed == 0
	case t.kind == wait:
		for _, r := range t.reads {
			if x.memory.at(r.addr).version != r.version {
				return true
			}
		}
		return false
	}
	return true
}

// pending returns the next step of an actor that is enabled.
func (x *explorer) pending(a actor) (kind, uintptr) {
	t := x.threads[x.n.thread(a)]
	switch {
	case x.n.isFence(a):
		return fence, 0
	case x.n.isBuffer(a):
		return drain, uintptr(t.buffer[0].addr)
	}
	return t.kind, t.addr
}

// take takes the next step of an actor.
//
// The clock of the event joins those of all events that must come before it.
// There are two sorts. An enabling event makes the step possible: the store
// before its drain, the drains before a locked instruction, the fences before
// the return of membarrier, the unlock before the lock. The two can't be
// reversed, so they are no race. A conflicting event is one with which the step
// does not commute. It is a race unless an enabling event already puts it
// before the step.
func (x *explorer) take(a actor) {
	x.races.begin(x, a)
	k, addr := x.pending(a)
	t := x.threads[x.n.thread(a)]
	buffer := &x.clocks[x.n.buffer(t.id)]
	value := t.value
	me := int32(len(x.events) + 1)
	switch k {
	case load:
		l := x.memory.at(addr)
		x.races.withAll(x, l.written[:])
		l.read[t.id] = me
		t.hasRead(addr, l.version)
	case wait:
		// The step can be taken since one of the locations has changed. So it
		// is a read of them all.
		for _, r := range t.reads {
			l := x.memory.at(r.addr)
			x.races.withAll(x, l.written[:])
			l.read[t.id] = me
		}
	case store:
		// Only fences on the thread see the buffer: before one, the
		// store must have drained.
		for by := range actor(x.n) {
			x.races.with(x, x.fenced[t.id][by])
		}
		x.stored[t.id] = me
	case call:
		x.races.enabledBy(buffer)
		t.owed, t.after = 0, clock{}
		for _, on := range x.threads {
			if on != t && on.started() {
				t.owed |= setOf(on.id)
			}
		}
	case fence:
		// The drains of the thread's last stores made the step possible. Were
		// it taken before the last store, that one need not have drained: so
		// the drains come before the step, and are no reason against a race.
		by := x.n.fencing(a)
		x.races.enabledBy(&x.clocks[by])
		x.races.after(buffer)
		x.races.with(x, x.stored[t.id])
		x.fenced[t.id][by] = me
	case finish:
		x.races.enabledBy(&t.after)
	case drain:
		e := t.buffer[0]
		x.races.enabledBy(&e.clock)
		l := x.memory.at(addr)
		x.races.withAll(x, l.written[:])
		x.races.withAll(x, l.read[:])
		l.written[a] = me
		value = e.value
		t.buffer = append(t.buffer[:0], t.buffer[1:]...)
		e.reach()
		x.memory.changedBy(t, addr)
	case swap, tryLock, unlock:
		x.races.enabledBy(buffer)
		l := x.memory.at(addr)
		x.races.withAll(x, l.written[:])
		x.races.withAll(x, l.read[:])
		l.written[t.id] = me
		if k != unlock {
			t.hasRead(addr, l.version) // what it finds may be what it waits for
		}
		switch {
		case k == unlock:
			l.owner = nil
			x.memory.changedBy(t, addr)
		case k == tryLock && l.owner == nil:
			l.owner, l.acquired, t.value = t, me, 1
			x.memory.changedBy(t, addr)
		case k == tryLock:
			t.value = 0
		}
	case lock:
		// It can't come before the unlock that made it possible. It could have
		// come before the lock that came before that.
		x.races.enabledBy(buffer)
		l := x.memory.at(addr)
		for _, w := range l.written {
			if w != 0 {
				x.races.after(&x.events[w-1].clock)
			}
		}
		x.races.with(x, l.acquired)
		// A TryLock that has found the mutex free, and not tried yet.
		for _, r := range l.read {
			if r != 0 && !x.races.clock.knows(&x.events[r-1]) {
				x.races.with(x, r)
			}
		}
		l.owner, l.acquired, l.written[t.id] = t, me, me
		x.memory.changedBy(t, addr)
	}
	x.numbers[a]++
	c := &x.races.clock
	c[a] = x.numbers[a]
	x.clocks[a] = *c
	x.events = append(x.events, event{actor: a, number: x.numbers[a], clock: *c, kind: k, addr: addr, value: value})
	if a == t.id {
		x.events[len(x.events)-1].where = t.where
	}
	x.reverseRaces()
	switch k {
	case drain:
		return
	case fence:
		caller := x.threads[x.n.fencing(a)]
		caller.owed = caller.owed.without(setOf(t.id))
		caller.after.join(c)
		return
	case store:
		t.buffer = append(t.buffer, t.entry)
		t.buffer[len(t.buffer)-1].clock = *c
	}
	t.goOn()
}

// stuck tells of the threads when none can go on.
func (x *explorer) stuck() string {
	text := "no thread can go on"
	for _, t := range x.threads {
		if !t.ended {
			text += fmt.Sprintf("; thread %d would %v", t.id, t.kind)
		}
	}
	return text
}
