package hazptr

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/fence"
)

// goTool runs the go command, or skips the test where there is none.
func goTool(t *testing.T, env []string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// instructions returns the disassembled function main.read of testdata/compiled, one instruction a line, up to its return: what comes after it
// is off the path.
func instructions(t *testing.T, goarch string, tags string) []string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "compiled")
	goTool(t, []string{"GOOS=linux", "GOARCH=" + goarch, "CGO_ENABLED=0", "GOFLAGS="}, "build", "-tags", tags, "-o", program, "./testdata/compiled")
	var path []string
	for _, line := range strings.Split(goTool(t, nil, "tool", "objdump", "-s", `^main\.read$`, program), "\n") {
		// "  main.go:16\t0x4a2b1f\t\t488b08\t\tMOVQ 0(AX), CX\t"
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 4 {
			continue
		}
		instruction := strings.TrimSpace(fields[len(fields)-1])
		path = append(path, instruction)
		if strings.HasPrefix(instruction, "RET") {
			return path
		}
	}
	t.Fatalf("no function main.read that returns:\n%s", strings.Join(path, "\n"))
	return nil
}

// find returns the index of the first instruction from i on that matches pattern, and fails if there is none.
func find(t *testing.T, path []string, i int, pattern, what string) int {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for ; i < len(path); i++ {
		if re.MatchString(path[i]) {
			return i
		}
	}
	t.Fatalf("%s: no %s in\n%s", what, pattern, strings.Join(path, "\n"))
	return 0
}

// loadSource matches a load of the global variable source on amd64, whether or not the disassembler finds its name.
const loadSource = `^MOVQ (main\.source\(SB\)|0x[0-9a-f]+\(IP\)), `

// checkPlain returns what is wrong with path as the plain-store read of amd64, or "".
func checkPlain(path []string) string {
	var stores, zeroes, loadsBetween int
	for _, instruction := range path {
		switch {
		case strings.HasPrefix(instruction, "CALL"):
			return "a call is on the path: " + instruction
		case regexp.MustCompile(`^(LOCK|[A-Z]*FENCE)|^XCHG.*\(`).MatchString(instruction):
			return "a locked instruction is on the path: " + instruction
		case regexp.MustCompile(`^MOVQ \$0x0, 0\(`).MatchString(instruction):
			zeroes++
		case regexp.MustCompile(`^MOVQ [A-Z0-9]+, 0\([A-Z0-9]+\)`).MatchString(instruction):
			stores++
		case regexp.MustCompile(loadSource).MatchString(instruction) && stores == 1 && zeroes == 0:
			loadsBetween++
		}
	}
	if stores != 1 || zeroes != 1 || loadsBetween != 1 {
		return "want one store of the pointer, then one load of the source, then one store of zero"
	}
	return ""
}

// TestCompiledCode reads what the compiler makes of Protect and Clear in a caller. Plain stores lean on it: publish must be there, before the load
// that validates; clear must be there; no call may be on the path and no locked instruction.
func TestCompiledCode(t *testing.T) {
	t.Run("amd64", func(t *testing.T) {
		path := instructions(t, "amd64", "")
		if wrong := checkPlain(path); wrong != "" {
			t.Errorf("%s\n%s", wrong, strings.Join(path, "\n"))
		}
	})
	t.Run("amd64 with hazptr_readerfence", func(t *testing.T) {
		path := instructions(t, "amd64", "hazptr_readerfence")
		// The same check must notice the fence that is on the readers here.
		if wrong := checkPlain(path); !strings.Contains(wrong, "locked instruction") {
			t.Errorf("%q\n%s", wrong, strings.Join(path, "\n"))
		}
		publish := find(t, path, 0, `^XCHGQ .*\(`, "publish")
		find(t, path, publish, loadSource, "validate")
		find(t, path, publish, `^MOVQ \$0x0, 0\(`, "clear")
	})
	t.Run("arm64", func(t *testing.T) {
		path := instructions(t, "arm64", "")
		publish := find(t, path, 0, `^STLR R`, "publish")
		validate := find(t, path, publish, `^LDAR `, "validate")
		find(t, path, validate, `^STLR ZR|^STLR `, "clear")
		for _, instruction := range path {
			if strings.HasPrefix(instruction, "CALL") {
				t.Errorf("a call is on the path: %s", instruction)
			}
		}
	})
}

// TestOrderingTestsNotice builds the ordering tests without the heavy fence: they must fail. On two cores of their own each does within 10s; on a
// machine that is busy with other things it may need longer.
func TestOrderingTestsNotice(t *testing.T) {
	if kind := fence.Kind(); kind == fence.Readers || kind == fence.None {
		t.Skip("this build has no heavy fence to take away")
	}
	if testing.Short() {
		t.Skip("takes some seconds for each test")
	}
	program := filepath.Join(t.TempDir(), "nofence.test")
	goTool(t, []string{"GOFLAGS="}, "test", "-c", "-tags", "hazptr_nofence", "-o", program, ".")
	for _, name := range []string{"TestOrderingHolderSynchronize", "TestOrderingGuardSynchronize", "TestOrderingHolderRetire", "TestOrderingGuardRetire", "TestOrderingWakeUp"} {
		t.Run(name, func(t *testing.T) {
			want := "a reader used a reclaimed object"
			if name == "TestOrderingWakeUp" {
				want = "was lost"
			}
			out, err := exec.Command(program, "-test.run", "^"+name+"$", "-test.cpu", "2", "-ordering", "60s").CombinedOutput()
			if err == nil || !strings.Contains(string(out), want) {
				t.Fatalf("without the fence, it should have said %q: %v\n%s", want, err, out)
			}
		})
	}
}
