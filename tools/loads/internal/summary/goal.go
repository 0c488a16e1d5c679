package summary

import "fmt"

// A Goal is what a patch is for, and what came of it.
type Goal struct {
	Name    string  `json:"name"`
	Wanted  float64 `json:"wanted"` // times better, at least
	Got     float64 `json:"got"`
	Reached bool    `json:"reached"`
}

// NewGoal returns the Goal that something is so many times better.
func NewGoal(name string, wanted, got float64) Goal { return Goal{name, wanted, got, got >= wanted} }

// String says what came of it. The goal was set on an idle machine, so one that
// is not reached need not be the patch's fault.
func (g Goal) String() string {
	got := fmt.Sprintf("%.3g", g.Got)
	if g.Got >= 100 { // the same digits, without an exponent
		got = fmt.Sprintf("%.0f", g.Got)
	}
	if !g.Reached {
		return fmt.Sprintf("%s: %s times, which misses the goal: %.0f on an idle machine", g.Name, got, g.Wanted)
	}
	if g.Got > 1000 {
		got = "more than 1000"
	}
	return fmt.Sprintf("%s: %s times (wanted: %.0f)", g.Name, got, g.Wanted)
}
