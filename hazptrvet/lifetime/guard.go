package lifetime

import "go/ast"

// Guard finds Guards that are not released on every path, or twice.
var Guard = analyzer("guard", `report Guards that are not released on every path, or released by two copies

The object of a forgotten Guard stays protected for ever, and its reclaim
function is never called. If two copies of a Guard are released the second
Release panics.`, guard.look)

var guard = &lease{
	taken: map[string]bool{"hazptr.Acquire": true, "hazptr.Pointer.Acquire": true, "hazptr.Guard.Share": true, "hazptr.Keep": true},
	giver: "hazptr.Guard.Release",
	used:  map[string]bool{"hazptr.Guard.Ptr": true, "hazptr.Guard.Share": true},

	variable: true,

	never: "this Guard is never released: its object stays protected for ever and is never reclaimed; write HOW after it",
	lost:  "the loop comes back to this Acquire before the last Guard was released: its object stays protected for ever and is never reclaimed; release it at the end of each turn, on every way through it",
	path:  "this Guard is not released on the path that ends at line LINE: its object stays protected for ever and is never reclaimed; write HOW here, or release it there too",
	over:  "this puts something else over the Guard that was acquired at line LINE and is not released: its object stays protected for ever and is never reclaimed; release it before, or use another variable",
	twice: "this releases a copy of the Guard that was released at line LINE, which panics; release one copy only",

	remedy: func(_ *ast.CallExpr, variable string) string {
		if variable == "" {
			return "g := ...; defer g.Release()"
		}
		return "defer " + variable + ".Release()"
	},
}
