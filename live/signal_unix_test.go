//go:build unix

package live_test

import (
	"context"
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

// SIGHUP reloads. It does not end the process: not during the first Load, and
// not while a Shutdown waits. After that it does. A child process is the one
// that may end.
func TestSignal(t *testing.T) {
	if os.Getenv("HAZPTR_SIGNAL") == "" {
		child := exec.CommandContext(soon(t), os.Args[0], "-test.run=^TestSignal$", "-test.count=1", "-test.v")
		child.Env = append(os.Environ(), "HAZPTR_SIGNAL=1")
		said, err := child.CombinedOutput()
		ended, _ := child.ProcessState.Sys().(syscall.WaitStatus)
		if err == nil || !ended.Signaled() || ended.Signal() != syscall.SIGHUP {
			t.Errorf("%v, want the process to be ended by the last SIGHUP\n%s", err, said)
		}
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
	for n := f.opened.Load(); f.opened.Load() == n; {
		hangup(t)
		time.Sleep(time.Millisecond)
	}
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Shutdown(brief(t)); err == nil {
		t.Error("Shutdown has not waited")
	}
	hangup(t)
	time.Sleep(50 * time.Millisecond)
	l.Release()
	shutdown(t, v)
	if t.Failed() {
		return
	}
	hangup(t)
	time.Sleep(time.Minute)
}
