package rcu

import (
	"testing"

	"hazptr/internal/litmus"
)

// TestCompiledCode reads what the compiler makes of ReadLock and ReadUnlock in
// a caller. The plain stores rely on it: both must be there, inlined, the
// section's load between them.
func TestCompiledCode(t *testing.T) {
	const loadSource = `^MOVQ (main\.source\(SB\)|0x[0-9a-f]+\(IP\)), `
	t.Run("amd64", func(t *testing.T) {
		path := litmus.Compile(t, "amd64", "").Path(t, "main.read")
		inside := path.Find(t, 0, `^MOVQ [A-Z0-9]+, 0x40\(`, "inside")
		load := path.Find(t, inside, loadSource, "the section's load")
		outside := path.Find(t, load, `^MOVQ \$0x1, 0x40\(`, "outside")
		path.Find(t, outside, `^CMPB 0x50\([A-Z0-9]+\), \$0x0`, "watched?")
		if path.Count(litmus.Locked) > 0 || path.Count(litmus.Call) != path.Count(`^CALL .*(nest|ended)\(SB\)`) {
			t.Errorf("a locked instruction or a call is on the path:\n%s", path)
		}
	})
	t.Run("amd64 with hazptr_readerfence", func(t *testing.T) {
		path := litmus.Compile(t, "amd64", "hazptr_readerfence").Path(t, "main.read")
		// So the check above can notice one.
		inside := path.Find(t, 0, litmus.Locked, "inside")
		path.Find(t, inside, loadSource, "the section's load")
	})
	t.Run("arm64", func(t *testing.T) {
		program := litmus.Compile(t, "arm64", "") // ReadUnlock is a call here
		path := program.Path(t, "main.read")
		inside := path.Find(t, 0, `^STLR R`, "inside")
		path.Find(t, inside, `^LDAR `, "the section's load")
		path = program.Path(t, "hazptr/rcu.(*Reader).ReadUnlock")
		outside := path.Find(t, 0, `^STLR R`, "outside")
		path.Find(t, outside, `^LDARW? `, "watched?")
	})
}
