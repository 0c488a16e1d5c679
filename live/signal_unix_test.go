//go:build unix

package live_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

func hangup(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// inChild runs the calling test in a child process, which must be ended by a
// SIGHUP. It reports whether this is that process.
func inChild(t *testing.T) bool {
	t.Helper()
	const variable = "HAZPTR_SIGNAL"
	if os.Getenv(variable) != "" {
		return true
	}
	said, err := litmus.Again(t, variable)
	var exit *exec.ExitError
	errors.As(err, &exit)
	if exit == nil || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGHUP {
		t.Errorf("%v, want the process to be ended by the last SIGHUP\n%s", err, said)
	}
	return false
}

// endChild ends the process by a SIGHUP, unless the test has failed.
func endChild(t *testing.T) {
	if t.Failed() {
		return
	}
	hangup(t)
	time.Sleep(litmus.Soon)
}

// SIGHUP reloads. It does not end the process: not during the first Load, and
// not while a Shutdown waits. After that it does.
func TestSignal(t *testing.T) {
	if !inChild(t) {
		return
	}
	var f factory
	o := f.options()
	o.Load = func(ctx context.Context) (*resource, error) {
		if f.opened.Load() == 0 {
			hangup(t)
			time.Sleep(50 * time.Millisecond)
		}
		return f.load(ctx)
	}
	o.ReloadOn = []live.Trigger{live.Signal(syscall.SIGHUP)}
	hangup(t) // from now on
	v := open(t, o)
	litmus.Eventually(t, "the signals of before have led to a Load", func() bool { return f.opened.Load() > 1 })
	n := f.opened.Load()
	hangup(t)
	litmus.Eventually(t, "a signal has led to a Load", func() bool { return f.opened.Load() > n })
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Shutdown(litmus.Brief(t)); err == nil {
		t.Error("Shutdown has not waited")
	}
	hangup(t)
	time.Sleep(50 * time.Millisecond)
	l.Release()
	shutdown(t, v)
	endChild(t)
}

// Each SIGHUP reloads each Value that has the Trigger, also one that is made
// later. It ends the process when the last of them has ended.
func TestSignalOfSeveralValues(t *testing.T) {
	if !inChild(t) {
		return
	}
	trigger := live.Signal(syscall.SIGHUP)
	var first, second, third factory
	begin := func(f *factory) *live.Value[*resource] {
		o := f.options()
		o.ReloadOn = []live.Trigger{trigger}
		return open(t, o)
	}
	reloaded := func(f *factory, since int64) {
		t.Helper()
		litmus.Eventually(t, "a SIGHUP has reloaded it", func() bool { return f.opened.Load() > since })
	}
	hangup(t)
	a, b := begin(&first), begin(&second)
	reloaded(&first, 1)
	reloaded(&second, 1)
	for range 20 {
		n, m := first.opened.Load(), second.opened.Load()
		hangup(t)
		reloaded(&first, n)
		reloaded(&second, m)
	}
	shutdown(t, a)
	c := begin(&third)
	reloaded(&third, 1)
	shutdown(t, b)
	n := third.opened.Load()
	hangup(t)
	reloaded(&third, n)
	shutdown(t, c)
	endChild(t)
}
