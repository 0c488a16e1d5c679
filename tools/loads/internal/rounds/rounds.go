// Package rounds orders measurements so that a drift of the machine hits all
// that are compared alike, and says what many rounds found.
package rounds

import "iter"

// Order yields round and index: each of n things once in every round, with a
// different one first each time, so that none always follows the same one's
// mess.
func Order(rounds, n int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for round := range rounds {
			for i := range n {
				if !yield(round, (round+i)%n) {
					return
				}
			}
		}
	}
}
