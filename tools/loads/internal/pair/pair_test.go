package pair

import (
	"slices"
	"testing"

	"hazptr/tools/loads/internal/patch"
)

func TestDiff(t *testing.T) {
	original := &Copy{Name: "as it is"}
	locked := &Copy{Name: "a lock", Change: patch.Change{Added: 1, Diff: "+lock\n"}}
	patched := &Copy{Name: "hazptr", Change: patch.Change{Added: 2, Removed: 1, Diff: "-no\n+hazard\n+pointer\n"}}

	two := &Pair{Copies: []*Copy{original, patched}}
	if got := two.diff(); got != patched.Change.Diff {
		t.Errorf("got\n%s", got)
	}
	three := &Pair{Copies: []*Copy{original, locked, patched}}
	if three.Original() != original || three.Patched() != patched {
		t.Errorf("original %v, patched %v", three.Original(), three.Patched())
	}
	if got, want := three.diff(), "a lock: +1 −0 lines:\n+lock\nhazptr: +2 −1 lines:\n-no\n+hazard\n+pointer\n"; got != want {
		t.Errorf("got\n%s", got)
	}
	if got, want := three.Lines(), []Lines{{"a lock", 1, 0}, {"hazptr", 2, 1}}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
