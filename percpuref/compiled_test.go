package percpuref

import (
	"testing"

	"hazptr/internal/litmus"
)

// TestCompiledCode reads what the compiler makes of add. The plain stores rely
// on it: [counting] must be there, before the load of [mode].
func TestCompiledCode(t *testing.T) {
	const add = "hazptr/percpuref.(*Ref).add"
	t.Run("amd64", func(t *testing.T) {
		path := litmus.Compile(t, "amd64", "").Path(t, add)
		pinned := path.Find(t, 0, `^CALL runtime.procPin`, "Pin")
		counting := path.Find(t, pinned, `^MOVQ [A-Z0-9]+, 0\([A-Z]+\)\([A-Z]+\*1\)`, "counting")
		mode := path.Find(t, counting, `^MOV[BL].* 0x[0-9a-f]+\([A-Z]+\), `, "mode")
		counted := path.Find(t, mode, `^MOVQ [A-Z0-9]+, 0\([A-Z]+\)\([A-Z]+\*1\)`, "counted")
		path.Find(t, counted, `^CALL runtime.procUnpin`, "Unpin")
		if path.Count(litmus.Locked) > 0 || path.Count(litmus.Call) != 2 {
			t.Errorf("a locked instruction or another call is on the path:\n%s", path)
		}
	})
	t.Run("amd64 with hazptr_readerfence", func(t *testing.T) {
		path := litmus.Compile(t, "amd64", "hazptr_readerfence").Path(t, add)
		// So the check above can notice one.
		path.Find(t, 0, litmus.Locked, "counting")
	})
	t.Run("arm64", func(t *testing.T) {
		path := litmus.Compile(t, "arm64", "").Path(t, add)
		counting := path.Find(t, 0, `^STLR R`, "counting")
		mode := path.Find(t, counting, `^LDARW? `, "mode")
		path.Find(t, mode, `^STLR R`, "counted")
	})
}
