package lifetime

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Reference finds references of a percpuref.Ref that are taken and not dropped,
// or dropped and not taken.
var Reference = analyzer("reference", `report percpuref references that are not dropped on a path, or dropped without having been taken

Without its Put a Ref never gets to zero and its release function is never
called; with one too many it is called while the object is used. Only functions
that both take and drop references of one Ref are looked at, and paths on which
they fail.`, references)

func references(in *inspection, f *ssa.Function) {
	for call := range each[*ssa.Call](f) {
		w := &referenceWalk{inspection: in, origin: call}
		switch api.Name(&call.Call) {
		case "percpuref.Ref.Get":
		case "percpuref.Ref.TryGet", "percpuref.Ref.TryGetLive":
			w.try = true
		default:
			continue
		}
		w.ref = path.Expression(call.Call.Args[0])
		w.root = path.Root(call.Call.Args[0])
		w.find()
		if len(w.puts) == 0 {
			continue
		}
		if w.try {
			w.failed()
		}
		w.leaked()
	}
}

type referenceWalk struct {
	*inspection
	origin *ssa.Call
	try    bool // the origin may fail
	ref    string
	root   ssa.Value
	puts   []ssa.Instruction // that some path from the origin leads to
	gets   int

	leaks  []*ssa.Return
	double map[ssa.Instruction]ssa.Instruction
}

// find finds the other calls that have to do with the Ref.
func (w *referenceWalk) find() {
	for call := range each[ssa.CallInstruction](w.origin.Parent()) {
		if !w.same(call.Common()) {
			continue
		}
		switch method(call) {
		case "Put":
			if reaches(w.origin, call) {
				w.puts = append(w.puts, call)
			}
		case "Get", "TryGet", "TryGetLive", "GetMany":
			w.gets++
		}
	}
}

// same reports whether a call is a method of the same Ref.
func (w *referenceWalk) same(c *ssa.CallCommon) bool {
	return strings.HasPrefix(api.Name(c), "percpuref.Ref.") && path.Expression(c.Args[0]) == w.ref
}

// failed reports a Put after a TryGet that has taken nothing.
func (w *referenceWalk) failed() {
	if len(*w.origin.Referrers()) == 0 {
		for _, put := range w.puts {
			if w.gets == 1 && w.origin.Block().Dominates(put.Block()) {
				w.diagnose(w.origin.Pos(),
					fmt.Sprintf("whether %s has taken a reference is not looked at, but line %d drops one: where there was none the count falls too low and release is called while the object is used; write if !ref.%s() { return }",
						method(w.origin), w.line(put), method(w.origin)),
					see(put, "dropped here"))
				return
			}
		}
		return
	}
	if !w.asked() || inLoop(w.origin) || w.gets > 1 {
		return
	}
	walk := &path.Walk{
		Stable: w.stable,
		Branch: func(_ *path.State, f path.Fact) bool { return f.X != ssa.Value(w.origin) || f.Y != nil || !f.Is },
		Step: func(s *path.State, in ssa.Instruction) bool {
			call, ok := in.(ssa.CallInstruction)
			if !ok || !w.same(call.Common()) {
				return true
			}
			if method(in) == "Put" {
				w.diagnose(in.Pos(),
					fmt.Sprintf("this drops a reference also where the %s at line %d has failed and taken none: the count falls too low and release is called while the object is used; put it where %s has returned true",
						method(w.origin), w.line(w.origin), method(w.origin)),
					see(w.origin, "may have failed here"))
			}
			return false
		},
	}
	walk.After(w.origin, path.State{})
}

// asked reports whether the result of the origin serves in conditions alone.
func (w *referenceWalk) asked() bool {
	for _, user := range *w.origin.Referrers() {
		switch user := user.(type) {
		case *ssa.If, *ssa.DebugRef, *ssa.Phi:
		case *ssa.UnOp:
			if user.Op != token.NOT {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// predecessor returns the block of the if that goes to a side.
func predecessor(call *ssa.Call, side *ssa.BasicBlock) *ssa.BasicBlock {
	return side.Preds[max(0, slices.IndexFunc(side.Preds, call.Block().Dominates))]
}

// leaked reports paths that fail and keep the reference, and the ones that drop
// it twice.
func (w *referenceWalk) leaked() {
	for _, put := range w.puts {
		if inLoop(put) != inLoop(w.origin) || inLoop(put) && !reaches(put, w.origin) {
			return // it may be one of many
		}
	}
	w.double = map[ssa.Instruction]ssa.Instruction{}
	walk := &path.Walk{Stable: w.stable, Step: w.step}
	var complete bool
	if w.try {
		side := sideOf(w.origin, true)
		if side == nil {
			return
		}
		complete = walk.Along(predecessor(w.origin, side), side, path.State{Phase: 1})
	} else {
		complete = walk.After(w.origin, path.State{Phase: 1})
	}
	for second, first := range w.double {
		w.diagnose(second.Pos(),
			fmt.Sprintf("the reference is dropped here and again by the defer at line %d: the count falls too low and release is called while the object is used; remove one", w.line(first)),
			see(first, "dropped by this defer too"))
	}
	if !complete {
		return
	}
	for _, leak := range w.leaks {
		if w.fails(leak) {
			w.diagnose(leak.Pos(),
				fmt.Sprintf("the reference taken at line %d is not dropped on this path, as it is at line %d: the Ref never gets to zero and release is never called; call Put before, or defer it",
					w.line(w.origin), w.line(w.puts[0])),
				see(w.origin, "taken here"))
		}
	}
}

func (w *referenceWalk) step(s *path.State, in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.Return:
		if s.Phase > 0 {
			w.leaks = append(w.leaks, in)
		}
		return false
	case *ssa.Panic:
		return false
	case ssa.CallInstruction:
		if in == ssa.CallInstruction(w.origin) {
			return false
		}
		c := in.Common()
		if w.same(c) {
			return w.method(s, in)
		}
		if _, closure := c.Value.(*ssa.MakeClosure); closure || w.gets != 1 && s.Phase != 1 {
			return false
		}
		if callee := body(c); callee != nil && !does(callee, func(c *ssa.CallCommon) bool {
			return api.Name(c) == "" || strings.HasPrefix(api.Name(c), "percpuref.Ref.")
		}) {
			if _, now := in.(*ssa.Call); now {
				return true
			}
		}
	}
	return !w.touches(in)
}

// method counts.
func (w *referenceWalk) method(s *path.State, in ssa.CallInstruction) bool {
	_, now := in.(*ssa.Call)
	_, deferred := in.(*ssa.Defer)
	switch method(in) {
	case "Put":
	case "IsZero", "IsDying":
		return true
	default:
		return false
	}
	switch {
	case deferred && s.Phase == 1:
		s.Phase, s.End = 0, in
		return true
	case now && s.Phase == 1:
		s.Phase = 0
		return true
	case now && s.End != nil && w.gets == 1 && w.try:
		// After a Get it may be the caller's that is dropped.
		w.double[in] = s.End
	}
	return false
}

// touches reports whether an instruction hands on what the Ref is in, and its
// reference perhaps with it.
func (w *referenceWalk) touches(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.FieldAddr, *ssa.UnOp, *ssa.DebugRef, *ssa.If, *ssa.BinOp:
		return false
	case *ssa.Store:
		return in.Val == w.root
	}
	return slices.ContainsFunc(in.Operands(nil), func(v *ssa.Value) bool {
		return *v != nil && (path.Root(*v) == w.root || strings.Contains(path.Expression(*v), path.Register(w.root)))
	})
}

// fails reports whether a return certainly has an error that came from
// elsewhere: no caller knows then of a reference. Other results, and errors of
// the package's own, may tell of one that is kept.
func (w *referenceWalk) fails(r *ssa.Return) bool {
	results := r.Parent().Signature.Results()
	failed := false
	for i, v := range r.Results {
		v = w.result(r, v)
		_, isConst := v.(*ssa.Const)
		switch {
		case types.Identical(results.At(i).Type(), types.Universe.Lookup("error").Type()):
			failed = isError(v, r.Block())
		case !isConst:
			return false
		}
	}
	return failed
}

// result returns what a return statement has stored for a deferred call to see,
// or v itself.
func (w *referenceWalk) result(r *ssa.Return, v ssa.Value) ssa.Value {
	from := path.Loaded(v)
	for _, in := range slices.Backward(r.Block().Instrs) {
		if store, ok := in.(*ssa.Store); ok && store.Addr == from {
			return store.Val
		}
	}
	return v
}

// isError reports whether an error is certainly not nil at the end of a block.
func isError(v ssa.Value, b *ssa.BasicBlock) bool {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return true
	case *ssa.Call:
		if name := api.Name(&v.Call); name == "errors.New" || name == "fmt.Errorf" {
			return true
		}
	}
	for ; b.Idom() != nil; b = b.Idom() {
		from := b.Idom()
		branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		c, ok := branch.Cond.(*ssa.BinOp)
		if !ok || c.X != v && c.Y != v || !isNil(c.X) && !isNil(c.Y) {
			continue
		}
		return c.Op == token.NEQ && from.Succs[0] == b || c.Op == token.EQL && from.Succs[1] == b
	}
	return false
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}
