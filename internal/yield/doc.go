// Package yield marks the points between which a test may let other goroutines run: the accesses whose order docs/ordering.md tells of, and the beginnings of waits.
//
// With the build tag hazptr_yield a [Runner] decides at each of them which of its goroutines goes on, one at a time, so that bytes of a fuzz test become an interleaving
// and the same bytes the same one. Without the tag Enabled is a constant false, and nothing of it is compiled in: each use stands under
//
//	if yield.Enabled {
//		yield.Here("validate") // the name in brackets of the access that follows
//	}
//
// What goroutines do one at a time is sequentially consistent. So these tests find orders of a program's own steps that are wrong, but no fence that is missing: for that are
// the Spin models, which have store buffers, and the ordering tests.
package yield
