package summary

import "testing"

func TestGoal(t *testing.T) {
	for want, g := range map[string]Goal{
		"worst View lower: 21 times (wanted: 20)":                                    NewGoal("worst View lower", 20, 21),
		"worst View lower: 20 times (wanted: 20)":                                    NewGoal("worst View lower", 20, 20),
		"worst View lower: 19.9 times, which misses the goal: 20 on an idle machine": NewGoal("worst View lower", 20, 19.9),
		"worst View lower: 1000 times (wanted: 20)":                                  NewGoal("worst View lower", 20, 999.6),
		"worst View lower: more than 1000 times (wanted: 20)":                        NewGoal("worst View lower", 20, 1234),
	} {
		if got := g.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
