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
	switch {
	case !g.Reached:
		return fmt.Sprintf("%s: %.3g times here (wanted on an idle machine: %.0f)", g.Name, g.Got, g.Wanted)
	case g.Got >= 999.5:
		return fmt.Sprintf("%s: more than 1000 times (wanted: %.0f)", g.Name, g.Wanted)
	}
	return fmt.Sprintf("%s: %.3g times (wanted: %.0f)", g.Name, g.Got, g.Wanted)
}
