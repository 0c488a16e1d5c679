package litmus

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Context returns a context that ends Soon, or with the test.
func Context(t testing.TB) context.Context { return Expiring(t, Soon) }

// Brief returns a context that ends before what the test waits for in vain.
func Brief(t testing.TB) context.Context { return Expiring(t, 20*time.Millisecond) }

// Expiring returns a context that ends after a time, or with the test.
func Expiring(t testing.TB, after time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), after)
	t.Cleanup(cancel)
	return ctx
}

// Notified returns a function that calls what waits for readers. Each call must
// end Soon. Without fences a notification may be lost.
//
// Calls share a context, and the next one is made after a call. Made before it,
// it would come between the unlinking and the look at the readers, and take
// longer than a reader's stores are late.
func Notified(t *testing.T) func(wait func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*Soon)
	t.Cleanup(func() { cancel() })
	return func(wait func(context.Context) error) {
		t.Helper()
		if err := wait(ctx); err != nil {
			t.Fatalf("what waits for a reader was not notified: %v", err)
		}
		if end, _ := ctx.Deadline(); time.Until(end) < Soon {
			cancel()
			ctx, cancel = context.WithTimeout(context.Background(), 2*Soon)
		}
	}
}

// Eventually waits until condition holds, which must be Soon.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(Soon); !condition(); {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", Soon, what)
		}
		time.Sleep(50 * time.Microsecond)
	}
}

// MustPanic calls f, which must panic with a string that contains want.
func MustPanic(t testing.TB, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		got := recover()
		if message, ok := got.(string); !ok || !strings.Contains(message, want) {
			t.Fatalf("panic with %v, want one that contains %q", got, want)
		}
	}()
	f()
}

// Again runs only the test that calls it, in a process of its own with the
// variable set, and returns its output.
func Again(t *testing.T, variable string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
