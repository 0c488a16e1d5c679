package reclaim

import (
	"slices"
	"testing"
	"time"
)

// A history has a Second for each in which something changed, the most and the
// last of it, and no more of them than it has room for.
func TestHistory(t *testing.T) {
	var h history
	epoch := time.Unix(1000, 0)
	at := func(seconds float64) int64 { return int64(seconds * float64(time.Second)) }
	h.note(at(0.1), 5)
	h.note(at(0.9), 2)
	h.note(at(7), 0)
	want := []Second{{epoch, 5, 2}, {epoch.Add(7 * time.Second), 2, 0}}
	if got := h.seconds(epoch); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
	for s := range 2 * historyLen {
		h.note(at(10+float64(s)), int64(s))
	}
	got := h.seconds(epoch)
	if len(got) != historyLen+1 {
		t.Fatalf("%d seconds", len(got))
	}
	got = got[1:] // that one tells what was pending when the others began
	for i, s := range got {
		if n := int64(historyLen + i); s.End != n || !s.Begin.Equal(epoch.Add(time.Duration(10+n)*time.Second)) {
			t.Fatalf("%d: %v", i, s)
		}
	}
}

// A Second that is overwritten does not leave an older one to stand for the
// time since.
func TestHistoryOverwrites(t *testing.T) {
	var h history
	epoch := time.Unix(1000, 0)
	for _, n := range []noted{{4, 0, 100}, {10, 0, 0}, {310, 0, 1}, {609, 0, 0}} {
		h.note(n.number*int64(time.Second), n.end)
	}
	want := []Second{{epoch.Add(10 * time.Second), 100, 0}, {epoch.Add(310 * time.Second), 1, 1}, {epoch.Add(609 * time.Second), 1, 0}}
	if got := h.seconds(epoch); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
