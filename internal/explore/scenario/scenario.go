// Package scenario is what the library's scenarios share. They are tests behind
// the build tag hazptr_explore, in the packages whose code they explore.
package scenario

import (
	"flag"
	"testing"
	"time"

	"hazptr/internal/explore"
)

var (
	within     = flag.Duration("explore.within", 20*time.Second, "how long a scenario is explored, at most")
	order      = flag.String("explore.order", "", "repeat one execution of one scenario: its order, as a failure prints it")
	story      = flag.Bool("explore.story", false, "print one right execution of each scenario, too")
	sleeping   = flag.Bool("explore.sleeping", false, "reduce by sleep sets alone: as many complete executions, if each access is a step")
	unbuffered = flag.Bool("explore.unbuffered", false, "have stores reach memory at once")
)

// Run explores a scenario as a test, which fails with the story of an execution
// that must not be.
func Run(t *testing.T, name string, s explore.Scenario) {
	t.Run(name, func(t *testing.T) {
		s.Within, s.Unbuffered = *within, *unbuffered
		if *sleeping {
			s.Reduction = explore.Sleeping
		}
		if *order != "" {
			repeat(t, s, *order)
			return
		}
		r := explore.Explore(s)
		t.Log(r)
		if r.Failure != nil {
			t.Fatalf("after %d executions: %v", r.Failure.After, r.Failure)
		}
		if *story {
			repeat(t, s, "")
		}
	})
}

func repeat(t *testing.T, s explore.Scenario, order string) {
	story, failure, err := explore.Repeat(s, order)
	switch {
	case err != nil:
		t.Fatal(err)
	case failure != "":
		t.Fatalf("%s\n%s", failure, story)
	}
	t.Log("\n" + story)
}
