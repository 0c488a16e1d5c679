// Package api knows hazptr's functions, and what others do that matters to
// them, in the SSA form of a program.
package api

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Callee returns the function or method that a call certainly calls, or nil.
func Callee(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method
	}
	f, ok := c.Value.(*ssa.Function)
	if !ok {
		// A closure too: that of a method value has no receiver among its
		// arguments.
		return nil
	}
	if origin := f.Origin(); origin != nil {
		f = origin
	}
	object, _ := f.Object().(*types.Func)
	return object
}

// Name returns the name of the function that c calls, its package's last
// element first: "hazptr.Acquire", "hazptr.Guard.Release",
// "atomic.Pointer.Load", "sync.WaitGroup.Wait", or "" if it is unknown.
// Builtins are "builtin.delete" and so on. Functions of packages that happen to
// be called hazptr, atomic or sync have their whole paths.
func Name(c *ssa.CallCommon) string {
	if b, ok := c.Value.(*ssa.Builtin); ok {
		return "builtin." + b.Name()
	}
	f := Callee(c)
	if f == nil {
		return ""
	}
	name := f.Name()
	if receiver := f.Signature().Recv(); receiver != nil {
		if named, ok := deref(receiver.Type()).(*types.Named); ok {
			name = named.Obj().Name() + "." + name
		}
	}
	if f.Pkg() == nil {
		return name
	}
	return Package(f.Pkg().Path()) + "." + name
}

// Package shortens the paths of the packages that the rules know.
func Package(path string) string {
	switch path {
	case "sync/atomic":
		return "atomic"
	case "golang.org/x/sync/errgroup":
		return "errgroup"
	}
	// Where the module is used under a path with a host.
	for _, name := range []string{"live", "mapped", "percpuref", "srcu"} {
		if path == "hazptr/"+name || strings.HasSuffix(path, "/hazptr/"+name) {
			return name
		}
	}
	if strings.HasSuffix(path, "/hazptr") {
		return "hazptr"
	}
	return path
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.Unalias(t)
}

// Named returns the name of t, or of what it points to, as Name does, and its
// type arguments.
func Named(t types.Type) (string, *types.TypeList) {
	named, ok := deref(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return "", nil
	}
	return Package(named.Obj().Pkg().Path()) + "." + named.Obj().Name(), named.TypeArgs()
}

// Is reports whether t is the named type, or a pointer to it.
func Is(t types.Type, name string) bool {
	is, _ := Named(t)
	return is == name
}

// Argument returns T if t is name[T], for one of the names, or a pointer to it,
// and nil otherwise.
func Argument(t types.Type, names ...string) types.Type {
	is, arguments := Named(t)
	if !slices.Contains(names, is) || arguments.Len() != 1 {
		return nil
	}
	return arguments.At(0)
}
