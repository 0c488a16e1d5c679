package main

import "fmt"

// A goal is what the patch is for, and what came of it.
type goal struct {
	Name string `json:"name"`
	// Files of the value log at the end, at most.
	Wanted  float64 `json:"wanted"`
	Got     float64 `json:"got"`     // in the worst round
	Against float64 `json:"against"` // of badger as it is, in the best round
	Reached bool    `json:"reached"`
}

const wantedFiles = 15

// goalsOf returns the goal of each scenario in which iterators overlap.
func goalsOf(scenarios []*scenario) (goals []goal) {
	for _, s := range scenarios {
		if s.iterators < 2 {
			continue
		}
		before, after := s.runs[0].spread(vlogFiles), s.runs[len(s.runs)-1].spread(vlogFiles)
		goals = append(goals, goal{iteratorsText(s.iterators), wantedFiles, after.Max, before.Min, after.Max <= wantedFiles})
	}
	return goals
}

func (g goal) String() string {
	if !g.Reached {
		return fmt.Sprintf("%s: %.0f files at the end, which misses the goal: %.0f at most on an idle machine; as it is %.0f", g.Name, g.Got, g.Wanted, g.Against)
	}
	return fmt.Sprintf("%s: %.0f files at the end (wanted: %.0f at most), as it is %.0f", g.Name, g.Got, g.Wanted, g.Against)
}
