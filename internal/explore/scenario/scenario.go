// Package scenario is what the library's scenarios share. They are tests behind
// the build tag hazptr_explore, in the packages whose code they explore.
package scenario

import (
	"flag"
	"testing"
	"time"
	"unsafe"

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

// An Object is used by readers, and ended by whoever replaces it.
type Object struct {
	ended uintptr
	_     [56]byte
}

// Use fails the execution if the object has ended.
func (o *Object) Use() {
	if explore.Load(&o.ended) != 0 {
		explore.Failf("an object is used that has ended")
	}
}

// End is a plain store, as the first one of what comes to lie there next.
func (o *Object) End() { explore.Store(&o.ended, 1) }

// Reset is for Setup.
func (o *Object) Reset() { o.ended = 0 }

// Address is what stories name.
func Address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }
