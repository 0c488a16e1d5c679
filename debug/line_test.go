package debug

import (
	"testing"
	"time"

	"hazptr"
)

func TestLine(t *testing.T) {
	now := time.Unix(10_000, 0)
	ago := func(seconds int, most, end int64) hazptr.Second {
		return hazptr.Second{Begin: now.Add(-time.Duration(seconds) * time.Second), Most: most, End: end}
	}
	for _, c := range []struct {
		name    string
		recent  []hazptr.Second
		pending int64
		path    string
		top     int64
		most    int64
	}{
		{"nothing ever", nil, 0, "", 1, 0},
		{"one peak in the middle", []hazptr.Second{ago(150, 4, 2)}, 2, "M300.0 19.2H302.0V57.6V57.6H600", 5, 4},
		{"what came before the window stays", []hazptr.Second{ago(900, 9, 8), ago(800, 9, 1)}, 1, "M0.0 0.0V0.0H600", 1, 1},
		{"and changes in it", []hazptr.Second{ago(900, 9, 1), ago(150, 2, 0)}, 0, "M0.0 48.0H300.0V0.0H302.0V96.0V96.0H600", 2, 2},
		{"the present second", []hazptr.Second{ago(0, 1, 1)}, 1, "M600.0 0.0H600.0V0.0V0.0H600", 1, 1},
	} {
		l := newLine(c.recent, now, c.pending)
		if l.Path != c.path || l.Top != c.top || l.Most != c.most || l.Now != c.pending {
			t.Errorf("%s: %+v, want %q, %d, %d", c.name, l, c.path, c.top, c.most)
		}
	}
}

func TestCeiling(t *testing.T) {
	for n, want := range map[int64]int64{0: 1, 1: 1, 2: 2, 3: 5, 6: 10, 11: 20, 4096: 5000, 1 << 62: 5e18} {
		if got := ceiling(n); got != want {
			t.Errorf("ceiling(%d) = %d, want %d", n, got, want)
		}
	}
}
