// Package scenario is what the library's scenarios share. They are tests behind
// the build tag hazptr_explore, in the packages whose code they explore.
package scenario

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"hazptr/internal/explore"
)

var (
	within     = flag.Duration("explore.within", 20*time.Second, "how long a scenario is explored, at most")
	file       = flag.String("explore.json", "", "add a line for each scenario to this file")
	order      = flag.String("explore.order", "", "repeat one execution of one scenario: its order, as a failure prints it")
	story      = flag.Bool("explore.story", false, "print one right execution of each scenario, too")
	sleeping   = flag.Bool("explore.sleeping", false, "reduce by sleep sets alone: as many complete executions, if each access is a step")
	unbuffered = flag.Bool("explore.unbuffered", false, "have stores reach memory at once")
)

// An Explored is what is known of a scenario when it has been explored, as the
// file of -explore.json has it, a line each.
type Explored struct {
	Scenario string
	explore.Result
}

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
		note(t, r)
		t.Log(r)
		switch {
		case r.Failure != nil:
			t.Fatalf("after %d executions: %v", r.Failure.After, r.Failure)
		case r.Longest == 0:
			t.Fatal("nothing is a step in this build: go run ./tools/explore makes one with an overlay")
		}
		if *story {
			repeat(t, s, "")
		}
	})
}

// note adds a line to the file of -explore.json.
func note(t *testing.T, r explore.Result) {
	if *file == "" {
		return
	}
	line, err := json.Marshal(Explored{t.Name(), r})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(*file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.Write(append(line, '\n'))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Count returns how many there are of something.
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
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
