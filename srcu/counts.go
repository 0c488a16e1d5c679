package srcu

import "hazptr/internal/fence"

// A counts is one P's part of two pairs of counters. Only goroutines that are
// pinned to the P write it, so no add is locked. A section may begin on one P
// and end on another. Only the sums over all Ps mean anything, and they may
// wrap.
type counts struct {
	locks, unlocks [2]fence.Word
}

// enter begins a section under the index, of which the lowest bit counts, and
// returns that bit. The caller is pinned.
func (c *counts) enter(index uintptr) uintptr {
	index &= 1
	count := &c.locks[index]
	// [lock] is before every load of the section, by the Heavy of a grace
	// period.
	count.Publish(count.Own() + 1)
	return index
}

// leave ends a section that enter began under the index. The caller is pinned.
func (c *counts) leave(index uintptr) {
	count := &c.unlocks[index&1]
	// [unlock] is before [watched?], by the Heavy of a grace period. It pairs
	// with [unlocks]: what the section did comes before the end of a grace
	// period.
	count.Publish(count.Own() + 1)
}
