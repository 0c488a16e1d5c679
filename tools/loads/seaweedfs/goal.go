package main

import (
	"fmt"

	"hazptr/tools/loads/internal/rounds"
)

// A goal is what the patch is for, and what came of it.
type goal struct {
	Name    string  `json:"name"`
	Wanted  float64 `json:"wanted"` // times better, at least
	Got     float64 `json:"got"`    // the median of the rounds
	Reached bool    `json:"reached"`
}

const wanted = 100

// goalsOf returns the goals: against SeaweedFS as it is, and against the lock.
func goalsOf(scenarios []*scenario) (goals []goal) {
	for _, s := range scenarios {
		if !s.goal {
			continue
		}
		last := len(plan.Arms) - 1
		for _, arm := range []int{0, last - 1} {
			ratio := rounds.SpreadOf(rounds.Ratios(s.of(arm, worstRead), s.of(last, worstRead))).Median
			goals = append(goals, goal{fmt.Sprintf("%s: worst read lower than %s", s.name, against[arm]), wanted, ratio, ratio >= wanted})
		}
	}
	return goals
}

var against = map[int]string{0: "as it is", len(plan.Arms) - 2: "with the lock"}

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
