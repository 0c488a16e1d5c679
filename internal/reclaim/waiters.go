package reclaim

import "slices"

// A waiter waits for the objects that were retired before it came. It is
// guarded by the ledger's lock.
type waiter struct {
	protected bool // whether it waits for protected objects, too

	// The round that it began. What it waits for was collected in this round or
	// in an earlier one.
	round int64

	left int64 // of what it waits for, the objects that are not reclaimed
	kept int64 // of left, what was protected at the last look
	done chan struct{}
}

// waiters wait, in the order in which they came.
type waiters []*waiter

// count takes n objects of a round, which have been reclaimed, off what waiters
// wait for.
func (ws waiters) count(n int, round int64) {
	for _, w := range ws {
		if round <= w.round {
			w.left -= int64(n)
		}
	}
}

// look tells the waiters that it is for what is protected.
func (ws waiters) look(kept *keeping) {
	for _, w := range ws {
		if !w.protected {
			w.kept = kept.upTo(w.round)
		}
	}
}

// free tells the waiters that an object of a round is no longer protected.
func (ws waiters) free(round int64) {
	for _, w := range ws {
		if !w.protected && round <= w.round {
			w.kept--
		}
	}
}

// settle lets those go that need wait no longer.
func (ws *waiters) settle(rs *rounds) {
	*ws = slices.DeleteFunc(*ws, func(w *waiter) bool {
		over := rs.collected(w.round) && (w.left == 0 || !w.protected && w.left == w.kept)
		if over {
			close(w.done)
		}
		return over
	})
}

// wantPass reports whether one waits for a pass.
func (ws waiters) wantPass(rs *rounds) bool {
	return slices.ContainsFunc(ws, func(w *waiter) bool { return !rs.collected(w.round) })
}

// remove takes w out, and reports whether it was there.
func (ws *waiters) remove(w *waiter) bool {
	i := slices.Index(*ws, w)
	if i < 0 {
		return false
	}
	*ws = slices.Delete(*ws, i, i+1)
	return true
}
