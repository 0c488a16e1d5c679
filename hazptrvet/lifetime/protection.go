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

// Protection finds pointers that are used, or kept, for longer than they are
// protected.
var Protection = packageAnalyzer("protection", `report protected pointers that are used or kept after their protection has ended

What Holder.Protect, TryProtect and Guard.Ptr give is protected until Release,
Clear, Close, or the next call of the Holder that protects something. What Do
gives is protected until its function returns, and what the Value of a Lease or
View gives until Release. After that it may be reclaimed, closed or unmapped at
any moment.`, func(in *inspection) {
	parts := partsOf(in)
	for _, f := range in.functions {
		protectedPointers(in, parts, f)
	}
})

func protectedPointers(in *inspection, parts parts, f *ssa.Function) {
	for call := range each[*ssa.Call](f) {
		p, _ := protects(&call.Call)
		name := api.Name(&call.Call)
		w := &protectionWalk{inspection: in, parts: parts, protection: p, origin: call, words: wordsOf(name)}
		if _, ok := dos[name]; ok {
			w.use()
		}
		switch name {
		case "hazptr.Acquire", "hazptr.Pointer.Acquire":
			w.follow(path.State{Owner: path.Set{path.Register(call)}}, nil)
		case "hazptr.Holder.Protect", "hazptr.Pointer.Protect":
			w.follow(path.State{Held: path.Set{path.Register(call)}}, nil)
		case "hazptr.Holder.TryProtect":
			w.tried()
		case "hazptr.Guard.Ptr":
			w.parameter(call)
		case "live.Value.Acquire", "mapped.Parsed.Acquire":
			if w.follows(call.Call.Args[0]) {
				w.managed = true
				w.follow(path.State{Owner: path.Set{path.Element(call, 0)}}, nil)
			}
		}
	}
}

const (
	live = iota
	ended
)

// Notes about a path.
const (
	endsAtExit  = "a defer ends the protection"
	waitsAtExit = "a defer does something else"
)

type protectionWalk struct {
	*inspection
	protection
	parts  parts
	origin *ssa.Call
	words  words
	inDo   bool // the origin is a Do, and what is followed is in its function
	// managed: what has the object unlinks it and ends it, and no other does.
	managed bool
}

// stable regards variables of Guards too.
func (w *protectionWalk) stable(addr ssa.Value) bool {
	return w.inspection.stable(addr) || slices.ContainsFunc([]*lease{guard, leased, viewed}, func(l *lease) bool { return path.Variable(addr, l.receiver) }) ||
		isStructRead(addr)
}

// isStructRead reports whether an address is that of a local struct that is set
// as a whole and otherwise only read.
func isStructRead(addr ssa.Value) bool {
	local, ok := addr.(*ssa.Alloc)
	return ok && !slices.ContainsFunc(*local.Referrers(), func(user ssa.Instruction) bool {
		switch user := user.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.FieldAddr:
			return !onlyLoaded(user)
		case *ssa.Store:
			return user.Val == local
		}
		load, ok := user.(*ssa.UnOp)
		return !ok || path.Loaded(load) == nil
	})
}

// follow follows what the origin has protected, from behind it or on one side
// of the branch that depends on it.
func (w *protectionWalk) follow(s path.State, side *ssa.BasicBlock) {
	if w.covered() {
		return
	}
	if w.owner != nil {
		s.Owner = path.Names(w.owner, w.stable)
	}
	w.atExit(&s)
	walk := &path.Walk{Step: w.step, Branch: w.branch, Stable: w.stable, Gives: w.gives}
	if side == nil {
		walk.After(w.origin, s)
	} else {
		walk.Along(w.origin.Block(), side, s)
	}
}

// tried follows what TryProtect was given, where it returned true.
func (w *protectionWalk) tried() {
	block := w.origin.Block()
	if branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If); ok && branch.Cond == w.origin {
		w.follow(path.State{Held: path.Names(w.origin.Call.Args[1], w.stable)}, block.Succs[0])
	}
}

// parameter follows what the Guard that a parameter points to has protected,
// from the first Ptr on.
func (w *protectionWalk) parameter(call *ssa.Call) {
	variable, ok := call.Call.Args[0].(*ssa.Parameter)
	if !ok {
		return
	}
	for other := range before[*ssa.Call](call) {
		if other != call && api.Name(&other.Call) == "hazptr.Guard.Ptr" && other.Call.Args[0] == variable {
			return
		}
	}
	w.object = api.Argument(variable.Type(), "hazptr.Guard")
	w.follow(path.State{Held: path.Set{path.Register(call)}, Owner: path.Set{path.Place(variable)}}, nil)
}

// isPtr reports whether a call returns what the Guard protects.
func isPtr(s *path.State, call *ssa.Call) bool {
	switch api.Name(&call.Call) {
	case "hazptr.Guard.Ptr", "live.Lease.Value", "mapped.View.Value":
	default:
		return false
	}
	return s.Owner.Has(path.Place(call.Call.Args[0]))
}

// atExit notes what defers before the origin do.
func (w *protectionWalk) atExit(s *path.State) {
	for d := range before[*ssa.Defer](w.origin) {
		name := api.Name(&d.Call)
		switch {
		case !w.ends(s, name, &d.Call) && (w.owner == nil || !strings.HasPrefix(name, "hazptr.Holder.C") || path.Expression(d.Call.Args[0]) != path.Expression(w.owner)):
			s.Notes = s.Notes.With(waitsAtExit)
		case d.Block().Dominates(w.origin.Block()):
			s.Notes = s.Notes.With(endsAtExit)
		}
	}
}

// covered reports whether something before the origin may protect the object
// too.
func (w *protectionWalk) covered() bool {
	for call := range before[ssa.CallInstruction](w.origin) {
		if locks(api.Name(call.Common())) || w.covers(call) {
			return true
		}
	}
	return false
}

// covers reports whether a call is another protection of what may be the same
// object.
func (w *protectionWalk) covers(call ssa.CallInstruction) bool {
	p, ok := protects(call.Common())
	if !ok || call == w.origin || p.object == nil || w.object == nil || !types.Identical(p.object, w.object) {
		return false
	}
	if p.owner != nil && w.owner != nil && path.Expression(p.owner) == path.Expression(w.owner) {
		return false // it ends ours
	}
	return p.source == nil || w.source == nil || path.Expression(p.source) == path.Expression(w.source)
}

func (w *protectionWalk) step(s *path.State, in ssa.Instruction) bool {
	if len(s.Held)+len(s.Owner) == 0 {
		return false
	}
	w.overwritten(s, in)
	w.carriers(s, in)
	if call, ok := in.(ssa.CallInstruction); ok {
		if keepGoing, known := w.call(s, call); known {
			return keepGoing
		}
	}
	if r, ok := in.(*ssa.Return); ok {
		w.returns(s, r)
		return false
	}
	if s.Phase == ended {
		return w.used(s, in)
	}
	if communicates(in) {
		w.forget(s, isShared)
	}
	w.noted(s, in)
	if store, ok := in.(*ssa.Store); ok && s.PointsInto(store.Addr) && !w.managed {
		// A writer may know other reasons why the object stays.
		return false
	}
	return true
}

// branch ends a path on which the pointer is nil, or the same as another one.
func (w *protectionWalk) branch(s *path.State, f path.Fact) bool {
	is := func(v ssa.Value) bool { return s.Holds(v) || noteOf(s, v) }
	return f.Y == nil || !f.Is || !is(f.X) && !is(f.Y)
}

// call looks at a call that has to do with protection, or may have.
func (w *protectionWalk) call(s *path.State, in ssa.CallInstruction) (keepGoing, known bool) {
	c := in.Common()
	name := api.Name(c)
	_, deferred := in.(*ssa.Defer)
	_, parallel := in.(*ssa.Go)
	if w.ends(s, name, c) {
		if parallel || (name == "hazptr.Holder.TryProtect" || name == "hazptr.Holder.Set") && s.Holds(c.Args[1]) {
			return false, true
		}
		if deferred {
			s.Notes = s.Notes.With(endsAtExit)
			return true, true
		}
		if s.Phase == live {
			s.Phase, s.End = ended, in
			w.kept(s, isShared)
		}
		// What it is given may be a use: the next node's link.
		return w.used(s, in), true
	}
	if s.Phase == ended && inside(s, c) {
		return w.used(s, in), true
	}
	given := isGiven(s, c)
	// A Pointer's object is unlinked by the Pointer, which retires it.
	unlinking := func(name string) bool { return !w.managed && unlinks(name) }
	if w.covers(in) || locks(name) || unlinking(name) && (given || w.sameType(c)) || given && keeps(name) {
		return false, true
	}
	if s.Phase == live && w.isLater(s, in) {
		w.note(s, in)
		return true, true
	}
	if callee := body(c); callee != nil && does(callee, func(c *ssa.CallCommon) bool {
		_, protecting := protects(c)
		return protecting || locks(api.Name(c)) || unlinking(api.Name(c))
	}) {
		return false, true
	}
	if s.Phase == ended {
		return false, false
	}
	if parallel {
		w.note(s, in)
		return true, true
	}
	if deferred {
		s.Notes = s.Notes.With(waitsAtExit)
	} else if !quiet(c) {
		w.forget(s, isShared)
	}
	if given && !w.managed && !replaces[name] && !strings.HasPrefix(name, "builtin.") && body(c) == nil && (api.Callee(c) == nil || c.IsInvoke() || !isReceiver(s, c)) && !isPrinting(name) {
		return false, true // it may unlink it
	}
	return true, true
}

// sameType reports whether an atomic operation is on pointers to what is
// protected.
func (w *protectionWalk) sameType(c *ssa.CallCommon) bool {
	if len(c.Args) == 0 {
		return true
	}
	object := api.Argument(c.Args[0].Type(), "atomic.Pointer", "hazptr.Pointer")
	return object != nil && types.Identical(object, w.object)
}

// ends reports whether a call ends the protection.
func (w *protectionWalk) ends(s *path.State, name string, c *ssa.CallCommon) bool {
	switch name {
	case "hazptr.Holder.Clear", "hazptr.Holder.Close", "hazptr.Holder.Protect", "hazptr.Holder.TryProtect", "hazptr.Holder.Set":
		return s.Owner.Has(path.Register(c.Args[0]))
	case "hazptr.Pointer.Protect":
		return s.Owner.Has(path.Register(c.Args[1]))
	case "hazptr.Guard.Release", "live.Lease.Release", "mapped.View.Release":
		return s.Owner.Has(path.Place(c.Args[0]))
	}
	return false
}

// inside reports whether a call gets a pointer into the object.
func inside(s *path.State, c *ssa.CallCommon) bool {
	return slices.ContainsFunc(c.Args, func(a ssa.Value) bool { return path.Root(a) != a && s.PointsInto(a) })
}

// isGiven reports whether a call gets the pointer, or one into the object.
func isGiven(s *path.State, c *ssa.CallCommon) bool {
	return c.IsInvoke() && s.Holds(c.Value) || slices.ContainsFunc(c.Args, func(a ssa.Value) bool {
		made, ok := a.(*ssa.MakeInterface)
		if ok {
			a = made.X
		}
		return !isMemory(a) && s.PointsInto(a)
	})
}

// isReceiver reports whether a call is of a method of the object and gets it in
// no other way.
func isReceiver(s *path.State, c *ssa.CallCommon) bool {
	f := api.Callee(c)
	return f != nil && f.Signature().Recv() != nil && len(c.Args) > 0 && s.PointsInto(c.Args[0]) && !slices.ContainsFunc(c.Args[1:], s.PointsInto)
}

func isPrinting(name string) bool {
	return strings.HasPrefix(name, "fmt.") || strings.HasPrefix(name, "log.")
}

// used reports the first use after the end.
func (w *protectionWalk) used(s *path.State, in ssa.Instruction) bool {
	pos := in.Pos()
	switch in := in.(type) {
	case *ssa.UnOp:
		if in.Op != token.MUL || !s.PointsInto(in.X) {
			return true
		}
		switch a := in.X.(type) {
		case *ssa.FieldAddr:
			pos = a.Pos()
		case *ssa.IndexAddr:
			pos = a.Pos()
		}
	case *ssa.Convert: // between a slice and a string
		if !s.Holds(in.X) || isPointer(in.Type()) || !isMemory(in.X) {
			return true
		}
	case *ssa.Store:
		if !s.PointsInto(in.Addr) {
			return true
		}
	case ssa.CallInstruction:
		if !w.usedByCall(s, in.Common()) {
			return true
		}
	default:
		return true
	}
	if !pos.IsValid() {
		return false
	}
	w.diagnose(pos,
		fmt.Sprintf("%s is used after line %d has ended %s (%s): it may be %s at any moment; use it before, or end %s later",
			w.words.object, w.line(s.End), w.words.protection, method(s.End), w.words.ended, strings.Replace(w.words.protection, "its", "the", 1)),
		see(w.origin, "protected here"), see(s.End, "until here"))
	return false
}

func method(in ssa.Instruction) string { return api.Callee(in.(ssa.CallInstruction).Common()).Name() }

// usedByCall reports whether a call reads or writes the object.
func (w *protectionWalk) usedByCall(s *path.State, c *ssa.CallCommon) bool {
	callee := api.Callee(c)
	switch api.Name(c) {
	case "builtin.copy", "builtin.append":
		return slices.ContainsFunc(c.Args, func(a ssa.Value) bool { return isMemory(a) && s.Holds(a) })
	}
	if _, closure := c.Value.(*ssa.MakeClosure); !closure && s.Holds(c.Value) {
		return true // a method of an interface, or a function
	}
	for i, a := range c.Args {
		root := path.Root(a)
		if !s.Holds(root) {
			continue
		}
		if a != root {
			return true
		}
		if callee == nil || c.IsInvoke() {
			continue
		}
		if source := body(c); source != nil {
			if dereferences(source, i) {
				return true
			}
		} else if i == 0 && callee.Signature().Recv() != nil {
			return true
		}
	}
	return false
}
