// Package yield marks the points between which a test may let other goroutines
// run: accesses whose order docs/ordering.md tells of, and the beginnings of
// waits.
//
// With the build tag hazptr_yield a [Runner] decides at each of them which of
// its goroutines goes on, one at a time, so that bytes of a fuzz test become an
// interleaving and the same bytes the same one. Without the tag Enabled is a
// constant false, and nothing of it is compiled in: each use stands under
//
//	if yield.Enabled {
//		yield.Here("mode") // the name in brackets of the access that follows
//	}
//
// What goroutines do one at a time is sequentially consistent, so no fence that
// is missing is found. Holders, groups of Guards, rcu and srcu have no such
// points: their scenarios go through every interleaving, with the processor's
// store buffers, see internal/explore. Queues of many objects, gate, percpuref
// and cachedref are fuzzed: no scenario has them.
package yield
