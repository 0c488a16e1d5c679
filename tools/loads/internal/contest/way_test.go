package contest

import (
	"strings"
	"testing"
)

var someWays = []Way[int]{{Name: "hazptr", Text: "a hazard pointer.", Begin: 1}, {Name: "lock", Text: "a lock.", Begin: 2}, {Name: "busted", Text: "nothing.", Busted: true}}

func TestChoose(t *testing.T) {
	for list, want := range map[string]string{"all": "hazptr,lock", "lock, hazptr,lock": "hazptr,lock", "busted": "busted"} {
		ways, err := Choose(list, someWays)
		var names []string
		for _, w := range ways {
			names = append(names, w.Name)
		}
		if got := strings.Join(names, ","); got != want || err != nil {
			t.Errorf("%s: %s, %v", list, got, err)
		}
	}
	if _, err := Choose("rcu", someWays); err == nil || !strings.Contains(err.Error(), `unknown way "rcu"; there are hazptr, lock, busted`) {
		t.Errorf("error %v", err)
	}
	if _, err := ChooseKinds("", []Kind{{Name: "bare"}}); err == nil || !strings.Contains(err.Error(), `unknown kind ""; there are bare`) {
		t.Errorf("error %v", err)
	}
}

func TestList(t *testing.T) {
	if list := List(someWays); !strings.Contains(list, "  lock          a lock.\n") {
		t.Errorf("%s", list)
	}
}
