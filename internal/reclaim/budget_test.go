package reclaim

import (
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	const ms = int64(time.Millisecond)
	var b budget
	b.percent = 20
	if left, due := b.left(1000*ms), b.due(1000*ms); left != ms || due != 0 {
		t.Errorf("at first %d are left, due after %v", left, due)
	}
	for i, want := range []int64{ms * 6 / 10, ms * 2 / 10, -ms * 2 / 10} {
		b.spend(1000*ms, ms*4/10)
		if left := b.left(1000 * ms); left != want {
			t.Errorf("%d passes: %d are left, want %d", i+1, left, want)
		}
	}
	if due := b.due(1000 * ms); due != time.Millisecond {
		t.Errorf("due after %v", due)
	}
	// A pass of 60 µs each 200 µs takes more than the share, one each 400 less.
	for _, c := range []struct {
		every   int64
		forever bool
	}{{200_000, false}, {400_000, true}} {
		var b budget
		b.percent = 20
		now, made := 1000*ms, 0
		for ; made < 1000 && b.due(now) == 0; made++ {
			b.spend(now, 60_000)
			now += c.every
		}
		if forever := made == 1000; forever != c.forever {
			t.Errorf("%d passes of 60 µs were made, one each %d ns", made, c.every)
		}
	}
}
