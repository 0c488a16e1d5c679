package hazptr

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// again runs only the test that calls it, in a process of its own with the variable set, and returns its output.
func again(t *testing.T, variable string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// When a reclaim function panics the program ends, and calls no others on its way.
func TestPanicOfAReclaimFunctionEndsTheProgram(t *testing.T) {
	const alone = "HAZPTR_TEST_ALONE"
	if os.Getenv(alone) == "" {
		for range 10 {
			out, err := again(t, alone)
			if err == nil || !strings.Contains(out, "panic: on purpose") || strings.Contains(out, "another") ||
				!strings.Contains(out, t.Name()+".func") { // where it panicked, in the traceback
				t.Fatalf("%v\n%.2000s", err, out)
			}
		}
		return
	}
	d := NewDomain(Config{Workers: 1})
	d.state.Store(awake) // until all are in the queue
	RetireIn(d, new(int), 0, func(*int) { panic("on purpose") })
	for range 100 {
		RetireIn(d, new(int), 0, func(*int) { os.Stdout.WriteString("another\n") })
	}
	d.scanner.pass()
	time.Sleep(soon)
}
