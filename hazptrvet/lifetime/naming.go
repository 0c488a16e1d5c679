package lifetime

import (
	"fmt"
	"go/types"
	"iter"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// A naming names domains and Values by where they are: the same in a function,
// in its closures, and in the functions of the package that it calls.
type naming struct {
	*inspection
	changes    func(*types.Var) bool // whether a field may differ at two times
	parameters map[ssa.Value]string
}

func (n *naming) name(v ssa.Value) string {
	v = n.set(v)
	if name := n.parameters[v]; name != "" {
		return name
	}
	if call, ok := v.(*ssa.Call); ok && api.Name(&call.Call) == "hazptr.Default" {
		return defaultDomain
	}
	if name := n.at(path.Loaded(v)); name != "" {
		return name
	}
	return path.Register(v)
}

// at names what is at an address, or returns "".
func (n *naming) at(address ssa.Value) string {
	switch a := address.(type) {
	case *ssa.FieldAddr:
		if !n.changes(field(a)) {
			return fmt.Sprintf("%s.%d", n.name(a.X), a.Field)
		}
	case *ssa.Global:
		return path.Register(a)
	}
	return ""
}

// calls yields the calls that a function certainly makes itself, those of the
// functions that it calls too.
func (n *naming) calls(given ssa.Value) iter.Seq[ssa.CallInstruction] {
	return func(yield func(ssa.CallInstruction) bool) {
		n.parameters = map[ssa.Value]string{}
		given = n.set(given)
		f := function(given)
		if f == nil {
			return
		}
		// It is a method value.
		if closure, ok := given.(*ssa.MakeClosure); ok && f.Parent() == nil {
			n.parameters[f.FreeVars[0]] = n.name(closure.Bindings[0])
		}
		for f := range reached(f, false) {
			for call := range each[ssa.CallInstruction](f) {
				if _, parallel := call.(*ssa.Go); parallel {
					continue
				}
				n.pass(call.Common())
				if !yield(call) {
					return
				}
			}
		}
	}
}

// pass names the parameters of a function by what a call gives it. One that is
// given several things has no name.
func (n *naming) pass(c *ssa.CallCommon) {
	callee := body(c)
	if callee == nil {
		return
	}
	for i, p := range callee.Params {
		name := n.name(c.Args[i])
		if other := n.parameters[p]; other != "" && other != name {
			name = path.Register(p)
		}
		n.parameters[p] = name
	}
}
