package reclaim

import (
	"math"
	"slices"

	"hazptr/internal/perproc"
)

// A round is what was in the queues at some moment and in no earlier round.
// Rounds are numbered by the time of their beginning, and are collected in
// their order: when passes have taken all of them from the queues.
type round struct {
	number int64
	goals  []goal // one for each queue that there was
}

// never is a round that comes after all others.
const never = math.MaxInt64

// A goal is where a round ends in a queue.
type goal struct {
	queue *queue
	tail  uintptr
}

// left returns how many objects below the goal have not been taken. Positions
// may wrap: that a pass has gone beyond the goal shows in the sign.
func (g goal) left() uintptr { return uintptr(max(0, int(g.tail-g.queue.consumed.Load()))) }

// queued reports whether the queues have something of the round, or of one
// before it.
func (r round) queued() bool {
	return slices.ContainsFunc(r.goals, func(g goal) bool { return g.left() > 0 })
}

// rounds are the ones that were begun and are not collected. It is guarded by
// the ledger's lock.
//
// The pass begins one where there is none. A waiter begins one of its own, so
// that what is retired after it came is in a later one.
type rounds struct {
	open  []round
	last  int64 // the number of the last one that was begun
	spare []goal
}

// begin begins a round. It returns its number, and how many objects the queues
// have of it and of those before it.
func (r *rounds) begin(now int64, queues *perproc.Local[queue]) (number, queued int64) {
	r.last = max(now, r.last+1)
	goals := r.spare[:0]
	r.spare = nil
	for q := range queues.All() {
		// Pairs with [append]: the entry, and the unlink before it, are visible
		// to the pass that takes what is below the goal.
		g := goal{q, q.tail.Load()}
		goals = append(goals, g)
		queued += int64(g.left())
	}
	r.open = append(r.open, round{r.last, goals})
	return r.last, queued
}

// collect ends the rounds up to number of which passes have taken everything.
func (r *rounds) collect(number int64) {
	for len(r.open) > 0 && r.open[0].number <= number && !r.open[0].queued() {
		r.spare = r.open[0].goals
		r.open = slices.Delete(r.open, 0, 1)
	}
}

// collected reports whether the round has been collected, and all before it.
func (r *rounds) collected(number int64) bool {
	return len(r.open) == 0 || r.open[0].number > number
}

// oldest returns the number of the first round that has something in a queue,
// or never.
func (r *rounds) oldest() int64 {
	for _, o := range r.open {
		if o.queued() {
			return o.number
		}
	}
	return never
}

// drop makes a round that its waiter no longer needs part of the next one. The
// first stays, since its number is the age of what has waited longest. So there
// is one round for each waiter, and one more.
func (r *rounds) drop(number int64) {
	for i := 1; i < len(r.open); i++ {
		if r.open[i].number == number {
			r.open = slices.Delete(r.open, i, i+1)
			return
		}
	}
}
