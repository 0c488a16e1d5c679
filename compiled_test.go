package hazptr

import (
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/litmus"
)

// loadSource matches a load of the global variable source on amd64, whether or not the disassembler finds its name.
const loadSource = `^MOVQ (main\.source\(SB\)|0x[0-9a-f]+\(IP\)), `

// checkPlain returns what is wrong with path as the plain-store read of amd64, or "".
func checkPlain(path litmus.Path) string {
	switch {
	case path.Count(litmus.Call) > 0:
		return "a call is on the path"
	case path.Count(litmus.Locked) > 0:
		return "a locked instruction is on the path"
	}
	var stores, zeroes, loadsBetween int
	for _, instruction := range path {
		switch {
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
	const read = "main.read"
	t.Run("amd64", func(t *testing.T) {
		path := litmus.Compiled(t, "amd64", "", read)
		if wrong := checkPlain(path); wrong != "" {
			t.Errorf("%s\n%s", wrong, path)
		}
	})
	t.Run("amd64 with hazptr_readerfence", func(t *testing.T) {
		path := litmus.Compiled(t, "amd64", "hazptr_readerfence", read)
		// The same check must notice the fence that is on the readers here.
		if wrong := checkPlain(path); !strings.Contains(wrong, "locked instruction") {
			t.Errorf("%q\n%s", wrong, path)
		}
		publish := path.Find(t, 0, `^XCHGQ .*\(`, "publish")
		path.Find(t, publish, loadSource, "validate")
		path.Find(t, publish, `^MOVQ \$0x0, 0\(`, "clear")
	})
	t.Run("amd64 with hazptr_debug", func(t *testing.T) {
		// And the same check must notice what a debug build does more.
		path := litmus.Compiled(t, "amd64", "hazptr_debug", read)
		if wrong := checkPlain(path); !strings.Contains(wrong, "a call") {
			t.Errorf("%q\n%s", wrong, path)
		}
	})
	t.Run("arm64", func(t *testing.T) {
		path := litmus.Compiled(t, "arm64", "", read)
		publish := path.Find(t, 0, `^STLR R`, "publish")
		validate := path.Find(t, publish, `^LDAR `, "validate")
		path.Find(t, validate, `^STLR ZR|^STLR `, "clear")
		if path.Count(litmus.Call) > 0 {
			t.Errorf("a call is on the path:\n%s", path)
		}
	})
}
