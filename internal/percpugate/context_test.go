package percpugate

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"hazptr/internal/faulty"
)

// What a context's method does is the business of the caller alone: it may
// panic, end the goroutine, and come to the gate. The gate is as it was before:
// open after a Freeze, frozen after an Enter.
func TestFaultyContexts(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		testFaultyContexts(t, "Freeze", g.freeze, func() { mustEnter(t, g)() })
		exit()
		mustFreeze(t, g)
		testFaultyContexts(t, "Enter", func(ctx context.Context) error {
			_, err := g.enter(ctx)
			return err
		}, func() { mustBeClosed(t, g) })
		g.unfreeze()
		mustEnter(t, g)()
		mustFreeze(t, g)
	})
}

// testFaultyContexts calls f, which waits for its context's end, and has same
// find out that the gate is the same, also in the context's methods.
func testFaultyContexts(t *testing.T, method string, f func(context.Context) error, same func()) {
	t.Helper()
	fault := func() { panic("on purpose") }
	panicked := faulty.Outcome{Panicked: "on purpose"}
	for _, c := range []struct {
		name string
		ctx  context.Context
		want faulty.Outcome
	}{
		{"panic in Done", faulty.Context{Context: ended(), InDone: fault}, panicked},
		{"panic in Err", faulty.Context{Context: ended(), InErr: fault}, panicked},
		{"Goexit in Done", faulty.Context{Context: ended(), InDone: runtime.Goexit}, faulty.Outcome{Goexit: true}},
		{"Goexit in Err", faulty.Context{Context: ended(), InErr: runtime.Goexit}, faulty.Outcome{Goexit: true}},
		{"the gate in both", faulty.Context{Context: ended(), InDone: same, InErr: same}, faulty.Outcome{}},
	} {
		var err error
		got := faulty.Try(func() { err = f(c.ctx) })
		if got != c.want || c.name == "the gate in both" && !errors.Is(err, context.Canceled) {
			t.Errorf("%s, %s: %+v, error %v, want %+v", method, c.name, got, err, c.want)
		}
		same()
	}
}

// A nil Context is refused also by a call that would not have waited.
func TestNilContext(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		mustPanic(t, "gate: Enter with a nil Context", func() { _, _ = g.enter(nil) })
		mustPanic(t, "gate: Freeze with a nil Context", func() { _ = g.freeze(nil) })
		mustEnter(t, g)()
		g.kill()
		mustPanic(t, "gate: Enter with a nil Context", func() { _, _ = g.enter(nil) })
	})
}
