package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"hazptr/tools/internal/mortal"
)

// An actor is a goroutine of the test.
type actor struct {
	t     *torture
	name  string
	group group
	*chooser
	history func() []string // may be nil
}

// act starts an actor. It makes its part of the stage, and ends its protections
// before act returns.
func (t *torture) act(name string, g group, part func(a *actor)) {
	a := &actor{t: t, name: name, group: g, chooser: newChooser(t.Seed, name)}
	if t.record != nil {
		a.chooser.record = new([]uint64)
	}
	t.stage.enter(a)
	t.actors.Add(1)
	go func() {
		defer t.actors.Done()
		defer t.leave(a)
		// A late read is to be a failure that is told, and not the end of the
		// process.
		debug.SetPanicOnFault(true)
		defer a.caught()
		part(a)
	}()
}

// caught tells a panic of the actor.
func (a *actor) caught() {
	r := recover()
	if r == nil {
		return
	}
	if at, ok := r.(interface{ Addr() uintptr }); ok {
		a.fail(kindEnded, "fault at %s\n%s", a.t.pool.Describe(at.Addr()), where())
		return
	}
	a.fail(kindPanic, "%v\n%s", r, where())
}

// where tells what has called, without the runtime and this file.
func where() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var b strings.Builder
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && f.Function != "" {
			fmt.Fprintf(&b, "\tat %s:%d %s\n", f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line, f.Function)
		}
		if !more {
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
}

// leave takes the actor off the stage, for good.
func (t *torture) leave(a *actor) {
	t.stage.leave(a)
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.steps >= digested {
		t.digest ^= a.digest
		t.digests++
	}
	if t.record != nil {
		t.record[a.name] = *a.chooser.record
	}
}

// on waits until the actor's scene comes, and reports whether it is to go on.
// Before it waits it calls rest.
func (a *actor) on(rest func()) bool {
	if !a.t.stop.Load() && !a.t.stage.has(a.group) {
		if rest != nil {
			rest()
		}
		a.t.stage.park(a, a.t.stop.Load)
	}
	return !a.t.stop.Load()
}

// sleep sleeps, but not for long after the end.
func (a *actor) sleep(d time.Duration) {
	for end := time.Now().Add(d); !a.t.stop.Load(); {
		left := time.Until(end)
		if left <= 0 {
			return
		}
		time.Sleep(min(left, 20*time.Millisecond))
	}
}

func (a *actor) fail(kind, format string, args ...any) {
	var history []string
	if a.history != nil {
		history = a.history()
	}
	a.t.failures.add(kind, a.name, fmt.Sprintf(format, args...), history)
}

// look says what is wrong with an object that is protected.
func (a *actor) look(what string, o *mortal.Object) {
	if said := o.Check(); said != "" {
		kind := kindMark
		if o.Life() == mortal.Poison {
			kind = kindEnded
		}
		a.fail(kind, "the %s at %p: %s", what, o, said)
	} else if age := o.Age(); age > 1 {
		a.fail(kindAge, "the %s at %p, life %d, is of age %d", what, o, o.Life(), age)
	}
}
