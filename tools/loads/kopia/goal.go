package main

import (
	"fmt"

	"hazptr/tools/loads/internal/summary"
)

// wantedLatency is how many times better the worst lookup is to be than the
// locked copy's.
const wantedLatency = 50

// goalsOf returns the goals of each scenario in which lookups wait for a
// listing, where that has a lock, and don't wait for ever.
func goalsOf(scenarios []*scenario) (goals []summary.Goal) {
	for _, s := range scenarios {
		locked, patched := s.arms[1], s.patched()
		if !s.verify && locked.Alive > 0 && patched.Alive > 0 {
			goals = append(goals, summary.NewGoal(s.String()+": worst lookup of a run lower than with the lock", wantedLatency,
				spread(locked.Worst).Median/spread(patched.Worst).Median))
		}
	}
	return goals
}

// outcome says how many runs of each copy have ended how.
func (s *scenario) outcome() string {
	text := s.String() + ":"
	for i, a := range s.arms {
		if i > 0 {
			text += ";"
		}
		text += fmt.Sprintf(" %s %s", a.Name, a.outcome())
	}
	return text
}
