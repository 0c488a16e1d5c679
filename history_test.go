package hazptr

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A history has a Second for each in which something changed, the most and the last of it, and no more of them than it has room for.
func TestHistory(t *testing.T) {
	var h history
	epoch := time.Unix(1000, 0)
	at := func(seconds float64) int64 { return int64(seconds * float64(time.Second)) }
	h.note(at(0.1), 5)
	h.note(at(0.9), 2)
	h.note(at(7), 0)
	want := []Second{{epoch, 5, 2}, {epoch.Add(7 * time.Second), 0, 0}}
	if got := h.seconds(epoch); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
	for s := range 2 * historyLen {
		h.note(at(10+float64(s)), int64(s))
	}
	got := h.seconds(epoch)
	if len(got) != historyLen {
		t.Fatalf("%d seconds", len(got))
	}
	for i, s := range got {
		if n := int64(historyLen + i); s.End != n || !s.Begin.Equal(epoch.Add(time.Duration(10+n)*time.Second)) {
			t.Fatalf("%d: %v", i, s)
		}
	}
}

// What a reader holds up is seen in the seconds of a domain that has a name, and its end, without anybody who asks.
func TestHistoryOfADomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDomain(Config{Name: "history"})
		var source atomic.Pointer[database]
		source.Store(new(database))
		g := Acquire(&source)
		RetireIn(d, source.Swap(nil), 0, unmap)
		time.Sleep(10 * time.Second)
		recent := d.Inspect(0).Recent
		if last := recent[len(recent)-1]; last.Most != 1 || last.End != 1 {
			t.Errorf("while it is held: %v", recent)
		}
		g.Release()
		time.Sleep(10 * time.Second)
		recent = d.Inspect(0).Recent
		if last := recent[len(recent)-1]; last.Most != 1 || last.End != 0 || time.Since(last.Begin) < 8*time.Second {
			t.Errorf("after its end: %v", recent)
		}
		closeDomain(t, d)
	})
	if d := NewDomain(Config{}); d.Inspect(1).Recent != nil {
		t.Error("a domain without a name has a history")
	}
}
