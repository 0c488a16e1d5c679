package contest

import "testing"

func TestResultsByRound(t *testing.T) {
	// The machine is ten times slower in the second round.
	lock := resultOf("bare", 0, "lock", []*Found{played(500), played(50), played(600)})
	base := resultOf("bare", 0, "hazptr", []*Found{played(1000), played(100), played(1000)})
	if got := lock.To(&base); got[0] != 0.5 || got[1] != 0.5 || got[2] != 0.6 {
		t.Errorf("ratios %v", got)
	}
	if s := lock.PerSecond; s.Median != 500 || s.Min != 50 || s.Max != 600 {
		t.Errorf("%+v", s)
	}
}
