package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/bbolt/internal/figures"
)

// views are figures of n Views that took d each.
func views(n int, d time.Duration) *figures.Figures {
	f := figures.New()
	for range n {
		f.Views.Record(d)
	}
	return f
}

func TestGoals(t *testing.T) {
	for _, c := range []struct {
		before, after     *figures.Figures
		latency, moreDone bool
	}{
		{views(100, time.Second), views(300, time.Second/100), true, true},
		{views(100, time.Second), views(299, time.Second/100), true, false},
		{views(100, time.Second), views(300, time.Second/99), false, true},
		{views(0, 0), views(300, time.Second), false, true},
		// No Views at all: the other goal says so.
		{views(100, time.Second), views(0, 0), true, false},
	} {
		done := [wayCount]*figures.Figures{0: c.before, wayCount - 1: c.after}
		goals := goalsOf([]*scenario{{0, done}, {1, done}})
		if len(goals) != 2 || goals[0].Reached != c.latency || goals[1].Reached != c.moreDone {
			t.Errorf("%v", goals)
		}
		for _, g := range goals {
			if strings.Contains(g.String(), "idle machine") == g.Reached || !strings.HasPrefix(g.String(), "1 long reader: ") {
				t.Errorf("%v", g)
			}
		}
	}
}
