package main

import "hazptr/tools/loads/internal/summary"

const (
	wantedLatency = 100
	wantedViews   = 3
)

// goalsOf returns the goals of each scenario in which a remap has readers to
// wait for.
func goalsOf(scenarios []*scenario) (goals []summary.Goal) {
	for _, s := range scenarios {
		if s.long == 0 {
			continue
		}
		name := longText(s.long) + ": "
		goals = append(goals,
			summary.NewGoal(name+"worst View lower", wantedLatency, float64(s.before().Views.Worst())/float64(max(1, s.after().Views.Worst()))),
			summary.NewGoal(name+"Views done in the same time", wantedViews, float64(s.after().Views.Count())/float64(max(1, s.before().Views.Count()))))
	}
	return goals
}
