package rounds

import "testing"

func TestStanding(t *testing.T) {
	ahead := Rival{"rwmutex", Spread{Median: 0.5, Min: 0.4, Max: 0.99}}
	behind := Rival{"gc", Spread{Median: 2, Min: 1.01, Max: 3}}
	level := Rival{"refcount", Spread{Median: 0.9, Min: 0.8, Max: 1}}
	for want, rivals := range map[string][]Rival{
		"": nil,
		"hazptr is ahead of rwmutex (2.00 times)": {ahead},
		"hazptr is behind gc (0.50 times)":        {behind},
		"hazptr is ahead of rwmutex (2.00 times), rwmutex (2.00 times); hazptr is behind gc (0.50 times); no difference seen to refcount": {level, ahead, behind, ahead},
	} {
		if got := Standing("hazptr", rivals...); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
