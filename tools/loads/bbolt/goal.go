package main

import "fmt"

// A goal is what the patch is for, and what came of it.
type goal struct {
	Name    string  `json:"name"`
	Wanted  float64 `json:"wanted"` // times better, at least
	Got     float64 `json:"got"`
	Reached bool    `json:"reached"`
}

const (
	wantedLatency = 20
	wantedViews   = 3
)

// goalsOf returns the goals of each scenario in which a remap has readers to
// wait for.
func goalsOf(scenarios []*scenario) (goals []goal) {
	for _, s := range scenarios {
		if s.long == 0 {
			continue
		}
		for _, g := range []goal{
			{"worst View lower", wantedLatency, float64(s.before().Views.Worst()) / float64(max(1, s.after().Views.Worst())), false},
			{"Views done in the same time", wantedViews, float64(s.after().Views.Count()) / float64(max(1, s.before().Views.Count())), false},
		} {
			g.Name = longText(s.long) + ": " + g.Name
			g.Reached = g.Got >= g.Wanted
			goals = append(goals, g)
		}
	}
	return goals
}

func (g goal) String() string {
	text := fmt.Sprintf("%s: %.3g times (wanted: %.0f)", g.Name, g.Got, g.Wanted)
	if g.Got >= 1000 {
		text = fmt.Sprintf("%s: more than 1000 times (wanted: %.0f)", g.Name, g.Wanted)
	}
	if !g.Reached {
		text += ", MISSED"
	}
	return text
}
