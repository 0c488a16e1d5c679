package lifetime

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

const doName = "hazptr.Pointer.Do"

// replaces has the methods of a Pointer that store another object in it. They
// retire the one that was there, which ReplaceAndWait does where it fails.
var replaces = map[string]bool{
	"hazptr.Pointer.Replace": true, "hazptr.Pointer.CompareAndReplace": true, "hazptr.Pointer.ReplaceAndWait": true,
}

// A making is a call that makes a Pointer.
type making struct {
	call   ssa.CallInstruction
	config ssa.Value // its PointerConfig
}

// makes returns the making that a call is.
func makes(call ssa.CallInstruction) (m making, ok bool) {
	c := call.Common()
	switch api.Name(c) {
	case "hazptr.NewPointer":
		return making{call, c.Args[0]}, true
	case "hazptr.Pointer.Init":
		return making{call, c.Args[1]}, true
	}
	return making{}, false
}

// option returns what a field of a struct of options is set to, or nil, and
// whether that is sure.
func (in *inspection) option(config ssa.Value, name string) (v ssa.Value, known bool) {
	member, _, _ := types.LookupFieldOrMethod(config.Type(), false, nil, name)
	option, ok := member.(*types.Var)
	if !ok {
		return nil, false
	}
	for range longest {
		from := captured(path.Loaded(config))
		if from == nil || lent(from) {
			break
		}
		times := 0
		for _, store := range in.stores[option.Origin()] {
			if captured(store.Addr.(*ssa.FieldAddr).X) == from {
				v = store.Val
				times++
			}
		}
		if times > 0 {
			return v, times == 1
		}
		if stores := in.stores[variable(from)]; len(stores) == 1 {
			config = stores[0].Val
		} else if config = setOnce(from); config == nil {
			return nil, neverSet(from)
		}
	}
	return nil, false
}

// neverSet reports whether a local variable is never assigned as a whole.
func neverSet(at ssa.Value) bool {
	variable, ok := at.(*ssa.Alloc)
	return ok && !slices.ContainsFunc(*variable.Referrers(), func(user ssa.Instruction) bool {
		_, store := user.(*ssa.Store)
		return store
	})
}

// lent reports whether others than its function may change a local variable.
func lent(at ssa.Value) bool {
	variable, ok := at.(*ssa.Alloc)
	return ok && slices.ContainsFunc(*variable.Referrers(), func(user ssa.Instruction) bool {
		switch user := user.(type) {
		case *ssa.UnOp, *ssa.FieldAddr, *ssa.MakeClosure, *ssa.DebugRef:
			return false
		case *ssa.Store:
			return user.Val == variable
		}
		return true
	})
}

// variable returns the field or package-level variable at an address, or nil.
func variable(address ssa.Value) *types.Var {
	switch a := address.(type) {
	case *ssa.FieldAddr:
		return field(a)
	case *ssa.Global:
		v, _ := a.Object().(*types.Var)
		return v
	}
	return nil
}

// doOf returns the call of Do that a parameter is the object of, or nil.
func doOf(p *ssa.Parameter) *ssa.Call {
	f := p.Parent()
	if f.Parent() == nil {
		return nil
	}
	for call := range each[*ssa.Call](f.Parent()) {
		if api.Name(&call.Call) == doName && function(call.Call.Args[1]) == f {
			return call
		}
	}
	return nil
}
