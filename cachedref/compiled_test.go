package cachedref

import (
	"testing"

	"hazptr/internal/litmus"
)

// TestCompiledCode reads what the compiler makes of Get and Put in a caller: a
// plain add each, inlined.
func TestCompiledCode(t *testing.T) {
	path := litmus.Compile(t, "amd64", "").Path(t, "main.read")
	get := path.Find(t, 0, `^INCQ 0x48\(`, "Get")
	path.Find(t, get, `^DECQ 0x48\(`, "Put")
	if path.Count(litmus.Locked) > 0 || path.Count(litmus.Call) != path.Count(`^CALL .*\.(change|putElsewhere)\(SB\)`) {
		t.Errorf("a locked instruction or a call is on the path:\n%s", path)
	}
}
