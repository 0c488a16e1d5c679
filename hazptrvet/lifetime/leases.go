package lifetime

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Lease finds Leases of package live and Views of package mapped that are not
// released on every path, or twice, or used after it.
var Lease = analyzer("lease", `report Leases and Views that are not released on every path, or used afterwards

The value of a forgotten Lease is never closed, and the mapping of a forgotten
View is never unmapped. If two copies are released the second Release panics,
and so does Value after Release.`, func(in *inspection, f *ssa.Function) {
	leased.look(in, f)
	viewed.look(in, f)
})

var (
	leased = newLease("live", "Value", "Lease", "l", "its value is never closed")
	viewed = newLease("mapped", "Parsed", "View", "v", "its mapping stays for ever")
)

// newLease returns the rules for what the Acquire of a package's type returns.
func newLease(pkg, of, kind, name, forgotten string) *lease {
	words := strings.NewReplacer("LEASE", kind, "FORGOTTEN", forgotten)
	return &lease{
		taken: map[string]bool{pkg + "." + of + ".Acquire": true},
		giver: pkg + "." + kind + ".Release",
		used:  map[string]bool{pkg + "." + kind + ".Value": true},

		variable: true,

		never: words.Replace("this LEASE is never released: FORGOTTEN; write HOW after it"),
		lost:  words.Replace("the loop comes back to this Acquire before the last LEASE was released: FORGOTTEN; release it at the end of each turn, on every way through it"),
		path:  words.Replace("this LEASE is not released on the path that ends at line LINE: FORGOTTEN; write HOW here, or release it there too"),
		over:  words.Replace("this puts something else over the LEASE that was acquired at line LINE and is not released: FORGOTTEN; release it before, or use another variable"),
		twice: words.Replace("this releases a copy of the LEASE that was released at line LINE, which panics; release one copy only"),
		after: words.Replace("the LEASE was released at line LINE: its Value panics then, or returns what may have ended; use it before, or release it later"),

		remedy: func(_ *ast.CallExpr, variable string) string {
			if variable == "" {
				return name + ", err := ...; defer " + name + ".Release()"
			}
			return "defer " + variable + ".Release()"
		},
	}
}
