package main

import (
	"fmt"

	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// wanted is how many times better the worst read is to be, in the median of the
// rounds.
const wanted = 100

// goalsOf returns the goals: against SeaweedFS as it is, and against the lock.
func goalsOf(scenarios []*scenario) (goals []summary.Goal) {
	for _, s := range scenarios {
		if !s.goal {
			continue
		}
		last := len(plan.Arms) - 1
		for _, arm := range []int{0, last - 1} {
			ratio := rounds.SpreadOf(rounds.Ratios(s.of(arm, worstRead), s.of(last, worstRead))).Median
			goals = append(goals, summary.NewGoal(fmt.Sprintf("%s: worst read lower than %s", s.name, against[arm]), wanted, ratio))
		}
	}
	return goals
}

var against = map[int]string{0: "as it is", len(plan.Arms) - 2: "with the lock"}
