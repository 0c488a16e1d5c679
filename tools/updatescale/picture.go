package main

import (
	"fmt"
	"iter"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/way"
)

// picture draws to path as SVG, for each pace, how soon the objects of each
// type ended.
func picture(path string, s *set) error {
	var rows []chart.Row
	for _, p := range []struct {
		pace
		title string
	}{
		{quiet, "one at a time"},
		{paced, fmt.Sprintf("%d a second", s.Rate)},
		{busy, fmt.Sprintf("%d a second, with every core busy", s.Rate)},
	} {
		if c := curves(s, p.title, p.pace); len(c.Lines) > 0 {
			rows = append(rows, chart.Row{c})
		}
	}
	return chart.Write(path, []string{
		"From the last reader's leave to the object's end: the share of all objects that had ended by then. The time is logarithmic",
		fmt.Sprintf("%s, %s, cores: %d, heavy fence: %s; %s", s.CPU, s.Go, s.Cores, s.Fence, ofRuns("all objects", s.Runs)),
	}, rows...)
}

// curves returns how soon the objects ended at a pace. A type has the same line
// in every picture.
func curves(s *set, title string, p pace) *chart.Lines {
	c := &chart.Lines{Title: title, X: chart.Times(100*time.Nanosecond, time.Second), Y: chart.Share()}
	for i, typ := range way.Updates() {
		for _, r := range s.Results {
			pool := r.pools[p]
			if r.typ.Name != typ.Name || pool == nil {
				continue
			}
			line := chart.Line{Name: typ.Name, Points: chart.Rise(c.X, pool.shares())}
			line.Color, line.Dashed = chart.Hue(i)
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

// shares yields the share of all objects that had ended within a time.
func (p *pool) shares() iter.Seq2[time.Duration, float64] {
	return func(yield func(time.Duration, float64) bool) {
		for t, n := range p.ended.Cumulative() {
			if !yield(t, float64(n)/float64(p.all.Count())) {
				return
			}
		}
	}
}
