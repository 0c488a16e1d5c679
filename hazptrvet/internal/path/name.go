package path

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Register names an SSA value: what one execution of its instruction has
// yielded.
func Register(v ssa.Value) string { return fmt.Sprintf("%p", v) }

// Place names the memory that addr points to. Places that are reached the same
// way from the same value have the same name.
func Place(addr ssa.Value) string { return "*" + Expression(addr) }

// Expression names what v is computed from. Two values of the same name are the
// same unless memory that they are loaded from has changed meanwhile.
func Expression(v ssa.Value) string { return expression(v, deepest) }

// Operands of operands. Expressions beyond are named by the registers there.
const deepest = 8

func expression(v ssa.Value, depth int) string {
	of := func(v ssa.Value) string { return expression(v, depth-1) }
	if depth == 0 {
		return Register(v)
	}
	switch v := v.(type) {
	case *ssa.Const:
		return v.String()
	case *ssa.UnOp:
		if v.Op != token.ARROW {
			return v.Op.String() + of(v.X)
		}
	case *ssa.BinOp:
		return "(" + of(v.X) + v.Op.String() + of(v.Y) + ")"
	case *ssa.FieldAddr:
		return fmt.Sprintf("%s.%d", of(v.X), v.Field)
	case *ssa.Field:
		return fmt.Sprintf("%s.%d", of(v.X), v.Field)
	case *ssa.IndexAddr:
		return of(v.X) + "[" + of(v.Index) + "]"
	case *ssa.ChangeType:
		return of(v.X)
	case *ssa.Convert:
		return fmt.Sprintf("%s(%s)", v.Type(), of(v.X))
	case *ssa.Call:
		if _, closure := v.Call.Value.(*ssa.MakeClosure); closure {
			break
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s.%v(", of(v.Call.Value), v.Call.Method)
		for _, a := range v.Call.Args {
			b.WriteString(of(a) + ",")
		}
		return b.String() + ")"
	case *ssa.Extract:
		return fmt.Sprintf("%s#%d", of(v.Tuple), v.Index)
	}
	return Register(v)
}

// Element names one of the results that a call returns.
func Element(call ssa.Value, i int) string { return fmt.Sprintf("%s#%d", Register(call), i) }

// Loaded returns the address that v is loaded from, or nil.
func Loaded(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		return load.X
	}
	return nil
}

// Names returns the name of v's register and, where v is loaded from a place
// that is stable, of that place.
func Names(v ssa.Value, stable func(addr ssa.Value) bool) Set {
	names := Set{Register(v)}
	if addr := Loaded(v); addr != nil && stable(addr) {
		names = names.With(Place(addr))
	}
	return names
}

// Root returns the pointer that an address is an offset of: that of the struct
// whose field it is, or of the array.
func Root(addr ssa.Value) ssa.Value {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			if _, slice := a.X.Type().Underlying().(*types.Slice); slice {
				return addr
			}
			addr = a.X
		case *ssa.ChangeType:
			addr = a.X
		default:
			return addr
		}
	}
}

// Variable reports whether addr is a local variable that only its own function
// changes, by assignments: no other has its address, and closures at most read
// it. As a receiver it may serve where method allows it.
func Variable(addr ssa.Value, method func(*ssa.CallCommon) bool) bool {
	alloc, ok := addr.(*ssa.Alloc)
	return ok && onlyAssigned(alloc, method, true)
}

func onlyAssigned(v ssa.Value, method func(*ssa.CallCommon) bool, here bool) bool {
	for _, user := range *v.Referrers() {
		switch user := user.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			if !here || user.Val == v {
				return false
			}
		case *ssa.UnOp:
			if user.Op != token.MUL {
				return false
			}
		case *ssa.MakeClosure:
			if method != nil {
				return false
			}
			for i, binding := range user.Bindings {
				if binding == v && !onlyAssigned(user.Fn.(*ssa.Function).FreeVars[i], nil, false) {
					return false
				}
			}
		case ssa.CallInstruction:
			if method == nil || !method(user.Common()) || user.Common().Args[0] != v {
				return false
			}
			for _, a := range user.Common().Args[1:] {
				if a == v {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
