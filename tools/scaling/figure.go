package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/sample"
)

// A set is what was measured on a machine. The names in its JSON, and in that
// of what it has, are what programs rely on.
type set struct {
	machine.Machine
	Points  []point  `json:"points"`
	Skipped []string `json:"skipped,omitempty"` // what there was no time for
}

// A point is what was measured with so many Ps.
type point struct {
	Procs   int      `json:"procs"`
	Figures []figure `json:"figures"`
}

// A figure has a name of its own in its group.
type figure struct {
	Group   string  `json:"group"`
	Name    string  `json:"name"`
	Unit    string  `json:"unit"` // ns, B, or none of what is counted
	Median  float64 `json:"median"`
	Minimum float64 `json:"min"`
}

// The groups, in the order in which they are shown.
const (
	readsByOne = "a read, by one reader"
	readsByAll = "a read, by a reader for each P, or 8 a core, in ns per core"
	updateCPU  = "an update, CPU time"
	endedAfter = "ended after, one at a time, p50"
	pending    = "pending beside a reader that stays, at most"
	waits      = "waits"
	claims     = "claims"
	memory     = "memory"
)

var groups = []string{readsByOne, readsByAll, updateCPU, endedAfter, pending, waits, claims, memory}

// times is a figure of times in nanoseconds.
func times(group, name string, ns sample.Sample) figure {
	hundredths := func(ns float64) float64 { return math.Round(100*ns) / 100 }
	return figure{Group: group, Name: name, Unit: "ns", Median: hundredths(ns.Median()), Minimum: hundredths(ns.Minimum())}
}

// value is what is shown. Times are minima, since what else runs on the machine
// only adds to them.
func (f figure) value() float64 {
	if f.Unit == "ns" {
		return f.Minimum
	}
	return f.Median
}

// of returns a figure, if there is one.
func (p *point) of(group, name string) (figure, bool) {
	i := slices.IndexFunc(p.Figures, func(f figure) bool { return f.Group == group && f.Name == name })
	if i < 0 {
		return figure{}, false
	}
	return p.Figures[i], true
}

// names returns the names of a group's figures, in their order.
func (s *set) names(group string) (names []string) {
	for _, p := range s.Points {
		for _, f := range p.Figures {
			if f.Group == group && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

func (s *set) write(w io.Writer, format string) error { return report.Write(w, format, s, table, nil) }

func (s *set) writeJSON(w io.Writer) error { return s.write(w, "json") }

// readSet reads what write has written as JSON.
func readSet(path string) (*set, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := new(set)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("-from: %s was not written by scaling -format json: %w", path, err)
	}
	if len(s.Points) == 0 {
		return nil, fmt.Errorf("-from: %s has no figures: write it with scaling -format json", path)
	}
	return s, nil
}
