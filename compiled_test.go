package hazptr

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/litmus"
)

// accesses are what a path does to the hazard and to the source, in this order:
// it publishes the object, validates, clears, and looks whether it is watched.
type accesses struct{ publishes, validates, clears, watched int }

// What the functions of testdata/compiled do, or call. readKnown has two places
// that clear, of which TryProtect's is for an object that is no longer there.
var compiled = map[string]accesses{
	"main.read":          {1, 1, 1, 1},
	"main.readKnown":     {1, 1, 2, 1},
	"main.readValidated": {1, 1, 1, 1},
	release:              {0, 0, 1, 1},
}

const release = "hazptr/internal/hazard.(*GuardSlot).Release"

var (
	publishPlain = regexp.MustCompile(`^MOVQ [A-Z]+[0-9]*, 0\([A-Z]+[0-9]*\)`)
	// The source is a global variable, whether or not the disassembler finds
	// its name.
	validatePlain = regexp.MustCompile(`^MOVQ (main\.source\(SB\)|0x[0-9a-f]+\(IP\)), `)
	clearPlain    = regexp.MustCompile(`^MOVQ \$0x0, 0\(`)
	watchedPlain  = regexp.MustCompile(`^(CMPB 0x8\([A-Z0-9]+\), \$0x0|MOVZX 0x8\()`)

	// The call of a reader that has found its slot watched.
	ended = regexp.MustCompile(`^CALL .*\(\*Slot\)\.Ended\(SB\)`)
)

// checkPlain returns what is wrong with path as a read with plain stores on
// amd64, or "".
func checkPlain(path litmus.Path, want accesses) string {
	path = withoutBarrier(path)
	switch {
	case path.Count(litmus.Call) > path.Count(ended.String()):
		return "a call is on the path"
	case path.Count(litmus.Locked) > 0:
		return "a locked instruction is on the path"
	}
	var got accesses
	for _, instruction := range path {
		switch {
		case clearPlain.MatchString(instruction):
			got.clears++
		case publishPlain.MatchString(instruction):
			got.publishes++
		case validatePlain.MatchString(instruction) && got.publishes == 1 && got.clears == 0:
			got.validates++
		case watchedPlain.MatchString(instruction) && got.clears == want.clears:
			got.watched++
		}
	}
	if got != want {
		return fmt.Sprintf("%+v, want %+v", got, want)
	}
	return ""
}

// withoutBarrier returns path without the garbage collector's write barrier,
// which the compiler puts before a store of a pointer.
func withoutBarrier(path litmus.Path) (rest litmus.Path) {
	for _, instruction := range path {
		if !strings.HasPrefix(instruction, "CALL runtime.gcWriteBarrier") && !strings.HasSuffix(instruction, "(R11)") {
			rest = append(rest, instruction)
		}
	}
	return rest
}

// TestCompiledCode reads what the compiler makes of the readers' methods in a
// program that imports the library. Plain stores lean on it: publish must be
// there, before the load that validates; clear must be there; no call may be on
// the path and no locked instruction.
func TestCompiledCode(t *testing.T) {
	const read = "main.read"
	t.Run("amd64", func(t *testing.T) {
		program := litmus.Compile(t, "amd64", "")
		for function, want := range compiled {
			path := program.Path(t, function)
			if wrong := checkPlain(path, want); wrong != "" {
				t.Errorf("%s: %s\n%s", function, wrong, path)
			}
		}
	})
	t.Run("amd64 with hazptr_readerfence", func(t *testing.T) {
		path := litmus.Compile(t, "amd64", "hazptr_readerfence").Path(t, read)
		// The same check must notice that Clear is a call here, and Protect has
		// a fence.
		if wrong := checkPlain(path, compiled[read]); wrong != "a call is on the path" || path.Count(litmus.Locked) != 1 {
			t.Errorf("%q\n%s", wrong, path)
		}
		publish := path.Find(t, 0, `^XCHGQ .*\(`, "publish")
		path.Find(t, publish, validatePlain.String(), "validate")
	})
	t.Run("amd64 with hazptr_debug", func(t *testing.T) {
		// And the same check must notice what a debug build does more.
		program := litmus.Compile(t, "amd64", "hazptr_debug")
		for function, want := range compiled {
			path := program.Path(t, function)
			if wrong := checkPlain(path, want); function != release && !strings.Contains(wrong, "a call") {
				t.Errorf("%s: %q\n%s", function, wrong, path)
			}
		}
	})
	t.Run("arm64", func(t *testing.T) {
		// Clear and Release are calls here.
		program := litmus.Compile(t, "arm64", "")
		for function, want := range compiled {
			path := withoutBarrier(program.Path(t, function))
			if want.publishes > 0 {
				at := path.Find(t, 0, `^STLR R`, "publish")
				path.Find(t, at, `^LDAR `, "validate")
			}
		}
		path := program.Path(t, "hazptr.(*Holder[go.shape.struct { main.value int }]).Clear")
		at := path.Find(t, 0, `^STLR ZR`, "clear")
		path.Find(t, at, `^LDARW? `, "watched?")
	})
}
