package lifetime

import (
	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// use follows the object in the function that is given to Do.
func (w *protectionWalk) use() {
	object := objectOf(function(w.set(w.origin.Call.Args[dos[api.Name(&w.origin.Call)]])))
	if object == nil || w.covered() || !w.follows(w.origin.Call.Args[0]) {
		return
	}
	w.inDo, w.managed = true, true
	w.object = pointee(object.Type())
	walk := &path.Walk{Step: w.step, Branch: w.branch, Stable: w.stable, Gives: w.gives}
	walk.From(object.Parent(), path.State{Held: path.Set{path.Register(object)}, Notes: path.Set{endsAtExit}})
}

// follows reports whether what a Pointer, Value, Pool or Parsed has may end
// while something still refers to it.
func (w *protectionWalk) follows(source ssa.Value) bool {
	value := valueOf(source.Type())
	if value == nil {
		return api.Is(source.Type(), "hazptr.Pointer")
	}
	return refers(value, api.Is(source.Type(), "mapped.Parsed")) && !w.leavesToCollector(source)
}

// objectOf returns the parameter that is the object in a function that was
// given to Do, or in the method that it stands for.
func objectOf(f *ssa.Function) *ssa.Parameter {
	if f == nil || len(f.Blocks) == 0 || len(f.Params) == 0 {
		return nil
	}
	if f.Synthetic == "" || f.Syntax() != nil {
		return f.Params[0]
	}
	for call := range each[*ssa.Call](f) {
		method := body(&call.Call)
		for i, a := range call.Call.Args {
			if method != nil && a == ssa.Value(f.Params[0]) && i < len(method.Params) {
				return method.Params[i]
			}
		}
	}
	return nil
}

// isLater reports whether a call hands the pointer to a function that is called
// later, or by another goroutine.
func (w *protectionWalk) isLater(s *path.State, in ssa.CallInstruction) bool {
	c := in.Common()
	if _, now := in.(*ssa.Call); !now || !startsGoroutine(in) && !laters[api.Name(c)] {
		return false
	}
	later := c.Args[len(c.Args)-1]
	f := function(w.set(later))
	return w.carries(s, later) && f != nil && (laters[api.Name(c)] || !w.tells(f))
}

// laters has the functions that call a function when their caller may have
// returned.
var laters = map[string]bool{
	"time.AfterFunc": true, "context.AfterFunc": true,
	"testing.common.Cleanup": true, "testing.TB.Cleanup": true, "testing.T.Cleanup": true, "testing.B.Cleanup": true,
}

// startsGoroutine reports whether a call is one of a group's Go.
func startsGoroutine(in ssa.Instruction) bool {
	call, ok := in.(*ssa.Call)
	if !ok {
		return false
	}
	name := api.Name(&call.Call)
	return name == "sync.WaitGroup.Go" || name == "errgroup.Group.Go"
}

// usedOutside reports whether anything may use what a store has put into a
// variable of a function around. To compare it with another pointer is not a
// use.
func (w *protectionWalk) usedOutside(store *ssa.Store) bool {
	variable, ok := captured(store.Addr).(*ssa.Alloc)
	if !ok {
		return true
	}
	return w.usedAt(variable, store)
}

// usedAt looks at the uses of a variable, or of what a closure has got as its
// own.
func (w *protectionWalk) usedAt(variable ssa.Value, store *ssa.Store) bool {
	for _, user := range *variable.Referrers() {
		switch user := user.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			if user.Val == variable {
				return true
			}
		case *ssa.MakeClosure:
			for i, b := range user.Bindings {
				if b == variable && w.usedAt(user.Fn.(*ssa.Function).FreeVars[i], store) {
					return true
				}
			}
		case *ssa.UnOp:
			if !onlyCompared(user) && w.sees(user, store) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func onlyCompared(v ssa.Value) bool {
	for _, user := range *v.Referrers() {
		switch user.(type) {
		case *ssa.BinOp, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// sees reports whether a load may find what was stored, when its protection has
// ended.
func (w *protectionWalk) sees(load *ssa.UnOp, store *ssa.Store) bool {
	overwrites := func(in ssa.Instruction) bool {
		other, ok := in.(*ssa.Store)
		return ok && captured(other.Addr) == captured(load.X)
	}
	switch load.Parent() {
	case store.Parent():
		first := load.Parent().Blocks[0].Instrs[0]
		return first == ssa.Instruction(load) || !overwrites(first) && leads(first, load, overwrites)
	case w.origin.Parent():
		return !w.inDo || leads(w.origin, load, overwrites)
	}
	return true
}
