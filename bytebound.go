package hazptr

import "sync/atomic"

// A byteBound keeps account of the bytes that are pending, for Config.MaxPendingBytes.
type byteBound struct {
	most    int64
	pending atomic.Int64
	kept    atomic.Int64 // of pending, those that were protected at the last pass
}

// room reports whether there is room for n bytes beside pending. What readers protect is left out: to wait for workers would not end it. So is the bound where nothing
// else is pending, or one object above it could never be retired.
func (b *byteBound) room(pending, n int64) bool {
	others := pending - b.kept.Load()
	return others <= 0 || n <= b.most-others
}

// take adds n bytes if there is room.
func (b *byteBound) take(n int64) bool {
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

// reserve takes room for n bytes, and slows the caller down until there is.
func (d *Domain) reserve(n int64) {
	for !d.bound.take(n) {
		if !d.slowDown(func() bool { return d.bound.room(d.bound.pending.Load(), n) }) {
			d.bound.pending.Add(n) // go on above the bound: nothing gets on
			return
		}
	}
}
