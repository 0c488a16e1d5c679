package srcu

import (
	"testing"

	"hazptr/internal/litmus"
)

// TestCompiledCode reads what the compiler makes of ReadLock and ReadUnlock: a
// plain add each, pinned.
func TestCompiledCode(t *testing.T) {
	for method, count := range map[string]string{"ReadLock": "lock", "ReadUnlock": "unlock"} {
		path := litmus.Compile(t, "amd64", "").Path(t, "hazptr/srcu.(*Domain)."+method)
		pinned := path.Find(t, 0, `^CALL runtime.procPin`, "Pin")
		counted := path.Find(t, pinned, `^(INCQ|MOVQ [A-Z0-9]+,) .*\([A-Z]+\)\([A-Z]+\*8\)`, count)
		unpinned := path.Find(t, counted, `^CALL runtime.procUnpin`, "Unpin")
		notices := 0
		if method == "ReadUnlock" {
			path.Find(t, unpinned, `^MOVL 0\([A-Z0-9]+\), `, "watched?")
			notices = path.Count(`^CALL .*Give\(SB\)`)
		}
		if path.Count(litmus.Locked) > 0 || path.Count(litmus.Call) != 2+notices {
			t.Errorf("a locked instruction or another call is on the path:\n%s", path)
		}
	}
	path := litmus.Compile(t, "amd64", "hazptr_readerfence").Path(t, "hazptr/srcu.(*Domain).ReadLock")
	path.Find(t, 0, litmus.Locked, "lock") // so the check above can notice one
}
