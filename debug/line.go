package debug

import (
	"fmt"
	"strings"
	"time"

	"hazptr"
)

// A line is the drawing of what was pending in the last minutes. Its unit is a
// pixel; y grows downwards.
type line struct {
	Width, Height int
	Path          string // of the most in each second
	Top           int64  // what the upper edge stands for
	Now, Most     int64
}

const (
	lineWidth  = 600
	lineHeight = 96
	lineTime   = 5 * time.Minute
)

// newLine draws the seconds, the oldest first, up to now, when pending objects
// are pending.
func newLine(recent []hazptr.Second, now time.Time, pending int64) line {
	begin := now.Add(-lineTime)
	type step struct {
		x     float64
		value int64
	}
	var steps []step
	at := func(t time.Time) float64 {
		return lineWidth * float64(max(0, t.Sub(begin))) / float64(lineTime)
	}
	l := line{Width: lineWidth, Height: lineHeight, Now: pending, Most: pending}
	for _, s := range recent {
		end := s.Begin.Add(time.Second)
		if !end.Before(begin) {
			steps = append(steps, step{at(s.Begin), s.Most}, step{at(end), s.End})
			l.Most = max(l.Most, s.Most)
		} else {
			// It stayed so until the window began.
			steps = append(steps[:0], step{0, s.End})
		}
	}
	if len(steps) > 0 {
		l.Most = max(l.Most, steps[0].value)
	}
	l.Top = ceiling(l.Most)
	y := func(value int64) float64 { return lineHeight * (1 - float64(value)/float64(l.Top)) }
	var path strings.Builder
	for i, s := range steps {
		s.x = min(s.x, lineWidth)
		if i == 0 {
			fmt.Fprintf(&path, "M%.1f %.1f", s.x, y(s.value))
			continue
		}
		fmt.Fprintf(&path, "H%.1fV%.1f", s.x, y(s.value))
	}
	if len(steps) > 0 {
		fmt.Fprintf(&path, "V%.1fH%d", y(pending), lineWidth)
	}
	l.Path = path.String()
	return l
}

// ceiling is the next of 1, 2, 5, 10, 20, 50, ...
func ceiling(n int64) int64 {
	for unit := int64(1); unit <= 1e18; unit *= 10 {
		for _, top := range []int64{unit, 2 * unit, 5 * unit} {
			if n <= top {
				return top
			}
		}
	}
	return n
}
