package way

import (
	"testing"
	"time"
)

func TestNewDelay(t *testing.T) {
	if d := NewDelay(0); d != 0 {
		t.Errorf("no delay is %d turns", d)
	}
	if d := NewDelay(time.Nanosecond); d < 1 {
		t.Errorf("1 ns is %d turns", d)
	}
	if short, long := NewDelay(time.Microsecond), NewDelay(time.Millisecond); short >= long {
		t.Errorf("1 µs is %d turns, 1 ms %d", short, long)
	}
}

func TestSpendReturnsItsArgument(t *testing.T) {
	for _, d := range []Delay{0, 1, 7} {
		for _, x := range []uint64{0, 1, 12345, 1<<64 - 1} {
			if got := d.Spend(x); got != x {
				t.Errorf("Delay(%d).Spend(%d) = %d", d, x, got)
			}
		}
	}
}
