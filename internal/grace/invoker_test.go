package grace

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A callback that panics ends the program, which calls no other on its way.
// A panic with nil is no exception where GODEBUG=panicnil=1 lets recover
// return nil for it.
func TestPanicOfACallbackEndsTheProgram(t *testing.T) {
	value := map[string]any{"string": "on purpose", "nil": nil}
	if of := os.Getenv("GRACE_TEST_PANIC"); of != "" {
		s := sequence(absent{})
		s.Call(func() { panicIn(value[of]) })
		for range 100 {
			s.Call(func() { os.Stdout.WriteString("another callback\n") })
		}
		time.Sleep(soon)
		return
	}
	for of, message := range map[string]string{"string": "panic: on purpose", "nil": "panic: nil"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "GRACE_TEST_PANIC="+of, "GODEBUG=panicnil=1")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), message) || !strings.Contains(string(out), "panicIn(") ||
			strings.Contains(string(out), "another callback") {
			t.Errorf("panic with %s: %v\n%s", of, err, out)
		}
	}
}

//go:noinline
func panicIn(value any) { panic(value) }
