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

func (g Goal) String() string {
	text := fmt.Sprintf("%s: %.3g times (wanted: %.0f)", g.Name, g.Got, g.Wanted)
	if g.Got >= 999.5 {
		text = fmt.Sprintf("%s: more than 1000 times (wanted: %.0f)", g.Name, g.Wanted)
	}
	if !g.Reached {
		text += ", MISSED"
	}
	return text
}
