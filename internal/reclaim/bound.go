package reclaim

import "sync/atomic"

// A bound keeps account of the bytes that are pending, for
// Options.MaxPendingBytes.
type bound struct {
	most    int64
	pending atomic.Int64
	kept    atomic.Int64 // of pending, what was protected at the last pass
}

// room reports whether there is room for n bytes beside pending. What readers
// protect is left out: to wait for workers would not end it. So is the bound
// where nothing else is pending, or one object above it could never be retired.
func (b *bound) room(pending, n int64) bool {
	others := pending - b.kept.Load()
	return others <= 0 || n <= b.most-others
}

// take adds n bytes if there is room.
func (b *bound) take(n int64) bool {
	for {
		pending := b.pending.Load()
		if !b.room(pending, n) {
			return false
		}
		if b.pending.CompareAndSwap(pending, pending+n) {
			return true
		}
	}
}
