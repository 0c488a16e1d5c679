package goexit

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// underWay returns what UnderWay tells a function that is deferred before f is
// called on a goroutine of its own. A panic of f is recovered after that.
func underWay(f func()) (is bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		defer func() { is = UnderWay() }()
		f()
	}()
	<-done
	return is
}

func TestUnderWay(t *testing.T) {
	var none *int
	for _, c := range []struct {
		name string
		f    func()
		want bool
	}{
		{"return", func() {}, false},
		{"panic", func() { panic("on purpose") }, false},
		{"panic of nil", func() { panic(nil) }, false},
		{"fault", func() { *none = 1 }, false},
		{"Goexit", runtime.Goexit, true},
		{"Goexit deep inside", func() { func() { defer func() {}(); runtime.Goexit() }() }, true},
		{"Goexit, then a panic that is recovered", func() {
			defer func() { _ = recover() }()
			defer panic("on purpose")
			runtime.Goexit()
		}, true},
		{"panic, then Goexit", func() {
			defer runtime.Goexit()
			panic("on purpose")
		}, true},
		{"a panic that was recovered, then return", func() {
			defer func() { _ = recover() }()
			panic("on purpose")
		}, false},
		{"Goexit of another goroutine", func() {
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				runtime.Goexit()
			}()
			<-ended
		}, false},
	} {
		if got := underWay(c.f); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

// A function that asks whether Goexit is under way lets a panic with nil end
// the program, with the trace of the line that panicked.
func TestPanicOfNil(t *testing.T) {
	if os.Getenv("GOEXIT_TEST_PANIC") != "" {
		defer func() {
			if UnderWay() {
				os.Exit(0)
			}
		}()
		panicWithNil()
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "GOEXIT_TEST_PANIC=1", "GODEBUG=panicnil=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panicWithNil") {
		t.Errorf("%v\n%s", err, out)
	}
}

func panicWithNil() { panic(nil) }
