package lifetime

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Retired finds uses of objects that have been retired.
var Retired = analyzer("retired", `report objects that are used after Retire, RetireIn or CompareAndReplace

Once it is retired an object belongs to its domain, which may have its reclaim
function called before Retire returns. To retire it again reclaims it twice.`, retiredObjects)

func retiredObjects(in *inspection, f *ssa.Function) {
	for call := range each[*ssa.Call](f) {
		w := &retiredWalk{inspection: in, origin: call}
		name := api.Name(&call.Call)
		if i, ok := retired[name]; ok {
			w.follow(call.Call.Args[i], nil)
		} else if name == "hazptr.Pointer.CompareAndReplace" {
			if side := sideOf(call, true); side != nil {
				w.follow(call.Call.Args[1], side)
			}
		}
	}
}

type retiredWalk struct {
	*inspection
	origin *ssa.Call
}

// follow follows what the origin has retired, from behind it or on one side of
// the branch that depends on it.
func (w *retiredWalk) follow(p ssa.Value, side *ssa.BasicBlock) {
	pointer, ok := p.Type().Underlying().(*types.Pointer)
	if !ok || w.mayBeProtected(pointer.Elem()) {
		return
	}
	walk := &path.Walk{Step: w.step, Branch: w.branch, Stable: w.stable}
	s := path.State{Held: path.Names(p, w.stable)}
	if side == nil {
		walk.After(w.origin, s)
	} else {
		walk.Along(predecessor(w.origin, side), side, s)
	}
}

// mayBeProtected reports whether the function, or one that it is in, has to do
// with a hazard pointer for such objects: then it may be a reader, too.
func (w *retiredWalk) mayBeProtected(object types.Type) bool {
	is := func(t types.Type) bool {
		for p, ok := t.Underlying().(*types.Pointer); ok; p, ok = t.Underlying().(*types.Pointer) {
			t = p.Elem()
		}
		protects := api.Argument(t, "hazptr.Guard", "hazptr.Holder")
		return protects != nil && types.Identical(protects, object)
	}
	for f := w.origin.Parent(); f != nil; f = around(f) {
		for _, p := range f.Params {
			if is(p.Type()) {
				return true
			}
		}
		for in := range each[ssa.Instruction](f) {
			if v, ok := in.(ssa.Value); ok && is(v.Type()) {
				return true
			}
		}
	}
	return false
}

func (w *retiredWalk) branch(s *path.State, f path.Fact) bool {
	return f.Y == nil || !f.Is || !s.Holds(f.X) && !s.Holds(f.Y)
}

func (w *retiredWalk) step(s *path.State, in ssa.Instruction) bool {
	if len(s.Held) == 0 || communicates(in) {
		return false
	}
	switch in := in.(type) {
	case *ssa.UnOp:
		if in.Op == token.MUL && s.PointsInto(in.X) {
			return w.tell(in, in.X.Pos())
		}
	case *ssa.Store:
		if s.PointsInto(in.Addr) {
			return w.tell(in, in.Pos())
		}
	case *ssa.Go:
		return false
	case ssa.CallInstruction:
		return w.call(s, in)
	}
	return true
}

func (w *retiredWalk) call(s *path.State, in ssa.CallInstruction) bool {
	c := in.Common()
	name := api.Name(c)
	if i, ok := retired[name]; ok {
		if !s.Holds(c.Args[i]) {
			return true
		}
		w.diagnose(in.Pos(),
			fmt.Sprintf("the object was retired at line %d already: its reclaim functions are both called, the second with what the first has ended; retire it once", w.line(w.origin)),
			see(w.origin, "retired here"))
		return false
	}
	callee := api.Callee(c)
	for i, a := range c.Args {
		root := path.Root(a)
		if !s.Holds(root) {
			continue
		}
		if a != root || callee == nil || c.IsInvoke() {
			// Such as a flag that reclaim sets, or what cannot be looked into.
			return false
		}
		source := body(c)
		if source != nil && dereferences(source, i) && !atomics(source, i) || source == nil && i == 0 && callee.Signature().Recv() != nil {
			return w.tell(in, in.Pos())
		}
	}
	return quiet(c)
}

// atomics reports whether f reads or writes fields of its parameter i with
// atomic operations or under a lock alone.
func atomics(f *ssa.Function, i int) bool {
	for _, user := range *f.Params[i].Referrers() {
		switch user := user.(type) {
		case *ssa.FieldAddr:
			for _, use := range *user.Referrers() {
				if _, call := use.(ssa.CallInstruction); !call {
					return false
				}
			}
		case *ssa.UnOp, *ssa.Store:
			return false
		}
	}
	return true
}

func (w *retiredWalk) tell(in ssa.Instruction, pos token.Pos) bool {
	if !pos.IsValid() {
		pos = in.Pos()
	}
	w.diagnose(pos,
		fmt.Sprintf("the object is used after it was retired at line %d: its reclaim function may have been called; use it before, or read what is needed into a variable", w.line(w.origin)),
		see(w.origin, "retired here"))
	return false
}
