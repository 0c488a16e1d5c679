package explore

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Scenario is what is explored: a few threads from one state on.
type Scenario struct {
	// Setup brings about the state from which every execution starts. It runs
	// outside of executions.
	Setup func()

	// Threads are what the threads run, as long as nothing fails. They must
	// depend on nothing but the order of their steps.
	Threads []func()

	// Spare is how many threads go statements may start.
	Spare int

	// Check tells what is wrong after an execution, with all buffers empty. It
	// returns "" when all is well, and may be nil.
	Check func() string

	// Stuck tells what is wrong when threads are left that can never go on.
	// It returns "" when they may be; they are abandoned then. If it is nil, to
	// be left is wrong.
	Stuck func() string

	// Untimed is whether timers never fire.
	Untimed bool

	Reduction  Reduction
	Unbuffered bool          // stores reach memory at once, in program order
	Executions int           // stop after so many, if not 0
	Within     time.Duration // stop after so long, if not 0

	names *names
}

// A Result tells what an exploration has found.
type Result struct {
	Executions int // complete ones
	Redundant  int // cut off by sleep sets
	Steps      int
	Longest    int // execution, in steps
	Races      int // that were reversed
	Complete   bool
	Took       time.Duration
	Failure    *Failure // nil: there is none
}

func (r Result) String() string {
	bounded := ""
	if !r.Complete && r.Failure == nil {
		bounded = ", bounded"
	}
	return fmt.Sprintf("%d executions and %d redundant ones of at most %d steps, %d steps in %v%s",
		r.Executions, r.Redundant, r.Longest, r.Steps, r.Took.Round(10*time.Microsecond), bounded)
}

// searched is how many executions more are looked at for a shorter failure.
const searched = 1000

// Explore explores, up to the first failure. Among the executions that come
// next it looks for a shorter one. There is one exploration at a time in a
// process.
func Explore(s Scenario) Result {
	uninstall := install(&s)
	defer func() { uninstall() }()
	if s.names == nil {
		s.names = newNames()
	}
	x := newExplorer(&s)
	s.names.settled = true
	defer func() { s.names.settled = false }()
	begun := time.Now()
	var shortest []actor
	last := s.Executions
	for {
		x.execute()
		if x.result.Failure != nil && x.strayed {
			break // the first failure is told, whatever it has left behind
		}
		all := x.result.Executions + x.result.Redundant
		if x.failed != "" {
			if x.result.Failure == nil {
				x.result.Failure = &Failure{After: all}
				last = all + searched
			}
			if order := x.order(); shortest == nil || shorter(order, shortest) {
				shortest, x.result.Failure.Message = order, x.failed
			}
			// What the library has for the process stays as the threads have
			// left it: with a fresh start of the runner it begins anew.
			uninstall()
			uninstall = install(&s)
			x.begin()
		}
		if !x.back() {
			x.result.Complete = true
			break
		}
		if last > 0 && all >= last || s.Within > 0 && time.Since(begun) > s.Within {
			break
		}
	}
	x.result.Took = time.Since(begun)
	if f := x.result.Failure; f != nil {
		x.result.Complete = false
		f.Order = written(shortest, x.n)
		f.Story = repeat(&s, shortest).story()
	}
	return x.result
}

// An explorer explores one Scenario.
type explorer struct {
	scenario *Scenario
	n        actors
	threads  []*Thread
	result   Result

	nodes []node
	fresh int // events from this position on are looked at for races

	forced  []actor // the first steps of an execution that is repeated
	telling bool    // steps note where they are

	// The present execution.
	memory  memory
	events  []event
	clocks  [maxActors]clock
	numbers [maxActors]uint16

	// The thread's last store, as in location.
	stored [maxThreads]int32

	// The last fence on a thread by another.
	fenced [maxThreads][maxThreads]int32

	races   racing
	suffix  []int32
	failed  string
	ending  bool // threads are abandoned
	strayed bool // it is not the execution that the nodes tell of
}

func newExplorer(s *Scenario) *explorer {
	n := len(s.Threads) + s.Spare
	if n > maxThreads {
		panic(fmt.Sprintf("a scenario of %d threads: there may be %d", n, maxThreads))
	}
	x := &explorer{scenario: s, n: actors(n), memory: memory{index: make(map[uintptr]int)}}
	x.begin()
	return x
}

// begin makes threads. Those of an execution that has failed stay where they
// are, for ever: what is in the midst of the library can't be ended.
func (x *explorer) begin() {
	x.threads = nil
	for id := range actor(x.n) {
		t := &Thread{id: id, x: x, spare: int(id) >= len(x.scenario.Threads)}
		if !t.spare {
			t.body = x.scenario.Threads[id]
		}
		t.begin()
		x.threads = append(x.threads, t)
	}
	x.failed = ""
}

// fail ends the execution.
func (x *explorer) fail(why string) {
	if x.failed == "" {
		x.failed = why
	}
}

// reset begins an execution.
func (x *explorer) reset() {
	x.memory.reset()
	x.events = x.events[:0]
	clear(x.clocks[:])
	clear(x.numbers[:])
	clear(x.stored[:])
	clear(x.fenced[:])
	x.scenario.Setup()
	for _, t := range x.threads {
		t.reset()
		if !t.spare {
			t.goOn()
		}
	}
}

// execute runs the threads to their ends: along the nodes that there are, and
// from the last of them on as it likes.
func (x *explorer) execute() {
	x.reset()
	redundant := false
	var sleep set
	last := actor(0)
	for depth := 0; x.failed == ""; depth++ {
		enabled := x.enabled()
		if enabled == 0 {
			break
		}
		var next actor
		switch {
		case depth < len(x.forced):
			if next = x.forced[depth]; !enabled.has(next) {
				x.fail(fmt.Sprintf("step %d of the order is not possible", depth))
				return
			}
		case redundant:
			next = prefer(enabled, last)
		case depth < len(x.nodes):
			n := &x.nodes[depth]
			if n.enabled != enabled {
				if x.strayed = true; x.result.Failure != nil {
					return
				}
				panic(fmt.Sprintf("the scenario depends on more than the order of its steps: at step %d actors %b are enabled, and were %b", depth, enabled, n.enabled))
			}
			next = n.chosen
			sleep = x.stillAsleep(n.sleep|n.explored, next)
		case enabled.without(sleep) == 0:
			// Whatever comes next was explored before. The threads still have
			// to come to their ends.
			redundant = true
			x.fresh = math.MaxInt
			next = prefer(enabled, last)
		default:
			next = prefer(enabled.without(sleep), last)
			n := node{enabled: enabled, planned: setOf(next), sleep: sleep, chosen: next}
			if x.scenario.Reduction != Races {
				n.planned = enabled
			}
			x.nodes = append(x.nodes, n)
			sleep = x.stillAsleep(sleep, next)
		}
		x.take(next)
		last = next
	}
	if !redundant && x.failed == "" {
		x.reverseBlocked()
	}
	x.count(redundant)
	x.conclude()
}

// count adds the execution to the figures.
func (x *explorer) count(redundant bool) {
	x.result.Steps += len(x.events)
	x.result.Longest = max(x.result.Longest, len(x.events))
	if redundant {
		x.result.Redundant++
	} else {
		x.result.Executions++
	}
}

// conclude looks at the state after an execution.
func (x *explorer) conclude() {
	if x.failed != "" {
		return
	}
	if x.left() {
		if x.scenario.Stuck == nil {
			x.fail(x.stuck())
		} else if wrong := x.scenario.Stuck(); wrong != "" {
			x.fail(wrong)
		} else {
			x.abandon()
		}
		return
	}
	if x.scenario.Check != nil {
		if wrong := x.scenario.Check(); wrong != "" {
			x.fail(wrong)
		}
	}
}

// left reports whether a thread has not come to its end.
func (x *explorer) left() bool {
	return slices.ContainsFunc(x.threads, func(t *Thread) bool { return !t.ended })
}

// abandon ends the threads that are left.
func (x *explorer) abandon() {
	x.ending = true
	for _, t := range x.threads {
		if !t.ended {
			t.goOn()
		}
	}
	x.ending = false
}

// prefer returns the actor that took the last step, if it can: orders with few
// switches are easy to read.
func prefer(enabled set, last actor) actor {
	if enabled.has(last) {
		return last
	}
	return enabled.first()
}

// order returns the actors of the steps of the execution.
func (x *explorer) order() (order []actor) {
	for i := range x.events {
		order = append(order, x.events[i].actor)
	}
	return order
}
