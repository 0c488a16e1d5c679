package main

import "fmt"

// A goal is what a change is for, and what came of it.
type goal struct {
	Name    string  `json:"name"`
	Unit    string  `json:"unit"`
	Wanted  float64 `json:"wanted"` // at least
	Got     float64 `json:"got"`
	Reached bool    `json:"reached"`
}

// wantedLatency is how many times better the worst lookup is to be than the
// locked copy's.
const wantedLatency = 50

// goals returns a scenario's goals: that the original dies in each run, that
// the hazptr copy does not, and that lookups don't wait for a listing, where
// they do that in the locked copy.
func (s *scenario) goals() (goals []goal) {
	original, locked, patched := s.arms[0], s.arms[1], s.arms[len(s.arms)-1]
	goals = []goal{
		{Name: "as it is, runs in which it died", Wanted: float64(original.runs()), Got: float64(original.Died)},
		{Name: "with hazptr, runs in which it stayed alive", Wanted: float64(patched.runs()), Got: float64(patched.Alive)},
	}
	if s.verify {
		goals = append(goals, goal{Name: "locked, runs in which it hung", Wanted: float64(locked.runs()), Got: float64(locked.Hung)})
	} else if locked.Alive > 0 && patched.Alive > 0 {
		goals = append(goals, goal{Name: "worst lookup, against locked", Unit: " times better", Wanted: wantedLatency, Got: spread(locked.Worst).Median / spread(patched.Worst).Median})
	}
	for i := range goals {
		goals[i].Name = fmt.Sprintf("%v: %s", s, goals[i].Name)
		goals[i].Reached = goals[i].Got >= goals[i].Wanted
	}
	return goals
}

func (g goal) String() string {
	text := fmt.Sprintf("%s: %.3g%s (wanted: %.3g)", g.Name, g.Got, g.Unit, g.Wanted)
	if !g.Reached {
		text += ", MISSED"
	}
	return text
}
