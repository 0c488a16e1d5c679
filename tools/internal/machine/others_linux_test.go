package machine

import "testing"

func TestParse(t *testing.T) {
	got := parse("cpu  100 200 300 4000 500 60 7 8 90 9\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
	if want := (used{all: 51.75, busy: 6.08}); got == nil || *got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu 1 2 3 4 5 6 7 x", "intr 1 2 3 4 5 6 7 8"} {
		if got := parse(text); got != nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if usage() == nil {
		t.Error("this system has no figures")
	}
}
