package contest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
)

// played is a round in which so much was done in a second.
func played(done int64) *Found {
	return &Found{Elapsed: time.Second, Done: done, Times: latency.NewHistogram(), Changes: latency.NewHistogram(), Outlived: latency.NewHistogram()}
}

func TestHold(t *testing.T) {
	cells := Cells([]Kind{{Name: "bare"}, {Name: "web"}}, []int{0, 7}, someWays[:2])
	var order []string
	var stages []string
	results, err := Hold(t.Context(), 2, cells, func(stage string) { stages = append(stages, stage) }, func(_ context.Context, c Cell[int]) (*Found, error) {
		order = append(order, c.Way.Name)
		return played(int64(c.Rate + c.Way.Begin)), nil
	})
	if err != nil || len(results) != 8 || len(stages) != 16 || stages[8] != "measuring lock, bare" {
		t.Fatalf("%d results, stages %q, %v", len(results), stages, err)
	}
	if r := results[7]; r.Kind != "web" || r.Rate != 7 || r.Way != "lock" || r.PerSecond.Median != 9 || len(r.rounds) != 2 {
		t.Errorf("%+v", r)
	}
	if order[0] != "hazptr" || order[8] != "lock" {
		t.Errorf("order %v", order)
	}
	wrong := errors.New("all wrong")
	_, err = Hold(t.Context(), 2, cells, func(string) {}, func(context.Context, Cell[int]) (*Found, error) { return nil, wrong })
	if !errors.Is(err, wrong) || err.Error() != "hazptr, bare: all wrong" {
		t.Errorf("error %v", err)
	}
	_, err = Hold(t.Context(), 2, []Cell[int]{{Way: someWays[0]}}, func(string) {}, func(context.Context, Cell[int]) (*Found, error) { return nil, wrong })
	if err.Error() != "hazptr: all wrong" {
		t.Errorf("error %v", err)
	}
}

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
