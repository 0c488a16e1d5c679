package reclaim

import "time"

// A budget is the time that passes may take: a share of one core, of which up to
// saved is kept for later. So a pass is made at once where they are rare, or
// come in bursts, and they take no more than the share where they are not.
type budget struct {
	percent int64
	paid    int64 // the time since when the share is not spent; later than now in debt
}

// saved is how much time is kept for later.
const saved = int64(time.Millisecond)

// left returns for how many nanoseconds passes may be made now, or less than 0
// in debt.
func (b *budget) left(now int64) int64 { return min(saved, (now-b.paid)*b.percent/100) }

// due returns after what time passes may be made again, or 0.
func (b *budget) due(now int64) time.Duration { return time.Duration(max(0, b.paid-now)) }

// spend takes the time that a pass has taken.
func (b *budget) spend(now, took int64) {
	b.paid = max(b.paid, now-saved*100/b.percent) + took*100/b.percent
}
