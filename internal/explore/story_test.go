package explore_test

import (
	"strings"
	"testing"

	"hazptr/internal/explore"
)

// forgetful is a scenario that comes to a wrong end in some orders: a thread
// that has stored a flag may miss the other one's.
func forgetful() explore.Scenario {
	var flags [2]uintptr
	var missed [2]bool
	var s explore.Scenario
	s.Setup = func() { flags, missed = [2]uintptr{}, [2]bool{} }
	for i := range flags {
		s.Name(address(&flags[i]), "flag%d", i)
		s.Threads = append(s.Threads, func() {
			explore.Store(&flags[i], 1)
			missed[i] = explore.Load(&flags[1-i]) == 0
		})
	}
	s.Check = func() string {
		if missed[0] && missed[1] {
			return "both have missed the other's flag"
		}
		return ""
	}
	return s
}

// A failure tells the shortest order that was found, which can be repeated.
func TestFailure(t *testing.T) {
	r := explore.Explore(forgetful())
	f := r.Failure
	if f == nil || r.Complete {
		t.Fatalf("%+v", r)
	}
	if f.Message != "both have missed the other's flag" || f.After < 1 {
		t.Errorf("%+v", f)
	}
	for _, line := range []string{"store flag0 = 1", "load flag1: 0", "store flag1 = 1", "load flag0: 0"} {
		if strings.Count(f.Story, line) != 1 {
			t.Errorf("%q is not told once in\n%s", line, f.Story)
		}
	}
	if !strings.Contains(f.Story, "story_test.go:") {
		t.Errorf("no place in the source in\n%s", f.Story)
	}
	story, failure, err := explore.Repeat(forgetful(), f.Order)
	if err != nil || failure != f.Message || story != f.Story {
		t.Errorf("%v, %q:\n%s\nand not\n%s", err, failure, story, f.Story)
	}
	s := forgetful()
	s.Unbuffered = true
	if story, failure, err := explore.Repeat(s, ""); err != nil || failure != "" || story == "" {
		t.Errorf("any order: %v, %q", err, failure)
	}
	if r := explore.Explore(s); r.Failure != nil || !r.Complete {
		t.Errorf("without buffers: %+v", r)
	}
}

func TestBadOrder(t *testing.T) {
	for order, want := range map[string]string{
		"t9":     `"t9" is no actor of 2 threads`,
		"t0xten": `"t0xten"`,
		"b0":     "",
	} {
		_, failure, err := explore.Repeat(forgetful(), order)
		if want == "" {
			if err != nil || !strings.Contains(failure, "step 0 of the order is not possible") {
				t.Errorf("%s: %q, %v", order, failure, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", order, err)
		}
	}
}

// What a thread does wrong is told with its number: that it panics, waits for
// ever, or starts more than there are spare threads.
func TestWrongThreads(t *testing.T) {
	var word uintptr
	for want, thread := range map[string]func(){
		"thread 0 panics: on purpose":                     func() { explore.Load(&word); panic("on purpose") },
		"no thread can go on; thread 0 would wait":        func() { explore.Load(&word); explore.Wait() },
		"thread 0: more go statements than spare threads": func() { explore.Go(func() {}) },
		"thread 0: it has failed":                         func() { explore.Failf("it has %s", "failed") },
	} {
		r := explore.Explore(explore.Scenario{Setup: func() { word = 0 }, Threads: []func(){thread}})
		if r.Failure == nil || r.Failure.Message != want {
			t.Errorf("want %q: %+v", want, r.Failure)
		}
	}
}

// A scenario that depends on more than the order of its steps is refused.
func TestNotDeterministic(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "depends on more than the order of its steps") {
			t.Errorf("%v", r)
		}
	}()
	var words [2]uintptr
	runs := 0
	explore.Explore(explore.Scenario{Setup: func() { runs++ }, Threads: []func(){
		func() {
			for range runs {
				explore.Store(&words[0], 1)
			}
			explore.Load(&words[1])
		},
		func() { explore.Store(&words[1], 1); explore.Load(&words[0]) },
	}})
}
