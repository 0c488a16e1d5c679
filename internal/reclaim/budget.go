package reclaim

import (
	"sync/atomic"
	"time"
)

// A budget is the time that passes may take: a share of one core, of which up
// to saved is kept for later. So a pass is made at once where passes are rare,
// or come in bursts. Elsewhere they take no more than the share. Passes that
// are wanted at once are made in debt, too, which is forgiven above maxDebt.
type budget struct {
	percent int64

	// The time since when the share is not spent. In debt it is later than now.
	paid atomic.Int64
}

const (
	saved   = int64(time.Millisecond)
	maxDebt = int64(10 * time.Millisecond) // until the next pass
)

// left returns for how many nanoseconds passes may be made now, or less than 0
// in debt.
func (b *budget) left(now int64) int64 {
	return min(now-b.paid.Load(), saved*100/b.percent) * b.percent / 100
}

// due returns after what time passes may be made again, or 0.
func (b *budget) due(now int64) time.Duration { return time.Duration(max(0, b.paid.Load()-now)) }

// spend takes the time that a pass has taken. It is called in a turn.
func (b *budget) spend(now, took int64) {
	b.paid.Store(min(max(b.paid.Load(), now-saved*100/b.percent)+took*100/b.percent, now+maxDebt))
}
