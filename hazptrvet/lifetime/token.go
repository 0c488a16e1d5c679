package lifetime

import (
	"go/ast"
	"go/types"
)

// Token finds tokens of srcu read sections that are not given to ReadUnlock on
// every path, or twice.
var Token = analyzer("token", `report srcu tokens that are dropped or used twice

A read section whose Token is dropped never ends, and no grace period of its
domain does. A Token that is given to ReadUnlock twice ends another reader's
section.`, section.look)

var section = &lease{
	taken: map[string]bool{"srcu.Domain.ReadLock": true},

	giver:    "srcu.Domain.ReadUnlock",
	argument: 1,

	never: "this Token is dropped: the read section never ends, and neither does any grace period of the domain; write HOW",
	lost:  "the loop comes back to this ReadLock before the last read section was ended: no grace period of the domain ends from then on; call ReadUnlock at the end of each turn, on every way through it",
	path:  "this read section is not ended on the path that ends at line LINE: no grace period of the domain ends from then on; write HOW here, or call ReadUnlock there too",
	twice: "the Token has been given to ReadUnlock at line LINE already: this ends another reader's section, or makes the next grace period panic; call ReadLock again, or remove one",

	remedy: func(call *ast.CallExpr, variable string) string {
		domain := "d"
		if call != nil {
			if method, ok := call.Fun.(*ast.SelectorExpr); ok {
				domain = types.ExprString(method.X)
			}
		}
		if variable == "" {
			variable = domain + ".ReadLock()"
		}
		return "defer " + domain + ".ReadUnlock(" + variable + ")"
	},
}
