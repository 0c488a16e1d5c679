package fence

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	refused := errors.New("operation not permitted")
	for _, c := range []struct {
		value   string
		refused error
		stop    bool
		err     string // part of it; "": none
	}{
		{"", nil, false, ""},
		{"", refused, true, ""},
		{"stw", nil, true, ""},
		{"stw", refused, true, ""},
		{"membarrier", nil, false, ""},
		{"membarrier", refused, false, "operation not permitted"},
		{"mfence", nil, false, `HAZPTR_FENCE="mfence": want membarrier or stw`},
	} {
		stop, err := choose(c.value, c.refused)
		if stop != c.stop || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("choose(%q, %v) = %t, %v", c.value, c.refused, stop, err)
		}
	}
}

// child runs this test binary again, to run only the test named, with the environment variable set.
func child(t *testing.T, name, variable string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestBadVariableStopsTheProgram(t *testing.T) {
	out, err := child(t, "TestChoose", Variable+"=mfence")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("%v, want exit status 2\n%s", err, out)
	}
	if out != "hazptr: HAZPTR_FENCE=\"mfence\": want membarrier or stw, or leave it unset\n" {
		t.Fatalf("it said: %s", out)
	}
}

func BenchmarkHeavy(b *testing.B) {
	b.Log(Kind())
	for range b.N {
		Heavy()
	}
}
