package conformance

import (
	"context"
	"flag"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// No goroutine is left behind, by any test.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := "500"
	if testing.Short() {
		checks = "100"
	}
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		flag.Set("rapid.checks", checks)
	}
	goleak.VerifyTestMain(m)
}

// soon bounds what must happen without further ado, on a machine that is busy with other things; brief is the time that something wrong has to happen in.
const (
	soon  = 30 * time.Second
	brief = 10 * time.Millisecond
)

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// A failer is a testing.T, or a rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func mustPanic(t failer, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got, ok := recover().(string); !ok || !strings.Contains(got, want) {
			t.Fatalf("panic with %q, want one that contains %q", got, want)
		}
	}()
	f()
}

// happens fails the test if done is not closed soon.
func happens(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(soon):
		t.Fatal("it does not happen: ", what)
	}
}

// waits fails the test if done is closed within a brief time.
func waits(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
		t.Fatal("it happens: ", what)
	case <-time.After(brief):
	}
}

// background returns a channel that is closed when f has returned.
func background(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}
