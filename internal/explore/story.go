package explore

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// A Failure is an execution that must not be.
type Failure struct {
	Message string
	Order   string // repeats it, see Repeat
	Story   string
	After   int // executions
}

func (f *Failure) String() string {
	return fmt.Sprintf("%s\n%s\nIts order: %s", f.Message, f.Story, f.Order)
}

// shorter reports whether an order is easier to read than another one.
func shorter(a, b []actor) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return switches(a) < switches(b)
}

// switches returns how often another actor goes on.
func switches(order []actor) (n int) {
	for i := 1; i < len(order); i++ {
		if order[i] != order[i-1] {
			n++
		}
	}
	return n
}

// written writes an order down: t0 is thread 0, b0 its buffer, f01 its fence on
// thread 1, and t0x5 five steps of it.
func written(order []actor, n actors) string {
	var parts []string
	for i := 0; i < len(order); {
		run := i + 1
		for run < len(order) && order[run] == order[i] {
			run++
		}
		part := n.name(order[i])
		if run-i > 1 {
			part += "x" + strconv.Itoa(run-i)
		}
		parts = append(parts, part)
		i = run
	}
	return strings.Join(parts, ",")
}

func (n actors) name(a actor) string {
	t := n.thread(a)
	switch {
	case n.isFence(a):
		return fmt.Sprintf("f%d%d", n.fencing(a), t)
	case n.isBuffer(a):
		return fmt.Sprintf("b%d", t)
	}
	return fmt.Sprintf("t%d", t)
}

// read reads what written wrote.
func read(text string, n actors) (order []actor, err error) {
	named := make(map[string]actor)
	for a := range actor(n.count()) {
		named[n.name(a)] = a
	}
	for part := range strings.SplitSeq(text, ",") {
		name, times, several := strings.Cut(part, "x")
		a, known := named[name]
		count := 1
		if several {
			if count, err = strconv.Atoi(times); err != nil {
				return nil, fmt.Errorf("order: %q: %v", part, err)
			}
		}
		if !known {
			return nil, fmt.Errorf("order: %q is no actor of %d threads: t0, b0 and f01 are", name, n)
		}
		for range count {
			order = append(order, a)
		}
	}
	return order, nil
}

// Repeat runs one execution, whose first steps are those of an order, and tells
// its story. The order "" is any right one.
func Repeat(s Scenario, order string) (story string, failure string, err error) {
	defer install(&s)()
	if s.names == nil {
		s.names = newNames()
	}
	var steps []actor
	if order != "" {
		if steps, err = read(order, actors(len(s.Threads)+s.Spare)); err != nil {
			return "", "", err
		}
	}
	x := repeat(&s, steps)
	return x.story(), x.failed, nil
}

func repeat(s *Scenario, order []actor) *explorer {
	s.names.settled = false
	x := newExplorer(s)
	x.forced, x.telling = order, true
	x.execute()
	return x
}

// story tells the execution, a column a thread.
func (x *explorer) story() string {
	const width = 46
	var b strings.Builder
	for t := range actor(x.n) {
		fmt.Fprintf(&b, "%-*s", width, fmt.Sprintf("     thread %d", t))
	}
	b.WriteByte('\n')
	for i := range x.events {
		e := &x.events[i]
		column := int(x.n.thread(e.actor))
		if x.n.isFence(e.actor) {
			column = int(x.n.fencing(e.actor))
		}
		line := fmt.Sprintf("%4d %*s%s", i, column*width, "", x.sentence(e))
		b.WriteString(strings.TrimRight(line, " "))
		if at := e.at(); at != "" {
			b.WriteString("  " + at)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// sentence tells of one step.
func (x *explorer) sentence(e *event) string {
	what := x.scenario.names.of(e.addr)
	switch e.kind {
	case store:
		return fmt.Sprintf("store %s = %s", what, x.scenario.names.of(uintptr(e.value)))
	case drain:
		return fmt.Sprintf("  buffer drains: %s = %s", what, x.scenario.names.of(uintptr(e.value)))
	case fence:
		return fmt.Sprintf("  fence on thread %d", x.n.thread(e.actor))
	case load, swap:
		return fmt.Sprintf("%v %s: %s", e.kind, what, x.scenario.names.of(uintptr(e.value)))
	case wait, call, finish:
		return e.kind.String()
	}
	return fmt.Sprintf("%v %s", e.kind, what)
}

// at returns the place in the source, and that of its caller. What only hands a
// step on, packages explore and fence, is left out.
func (e *event) at() string {
	var places []string
	frames := runtime.CallersFrames(e.where)
	for more := len(e.where) > 0; more && len(places) < 2; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == "iter.Pull[...].func1": // the thread begins here
			return strings.Join(places, " < ")
		case strings.Contains(f.Function, "/internal/explore."), strings.Contains(f.Function, "/internal/explore/"), strings.Contains(f.Function, "/internal/fence."):
		default:
			places = append(places, fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line))
		}
	}
	return strings.Join(places, " < ")
}
