package lifetime

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Linked finds objects that are retired although readers can still find them.
var Linked = analyzer("linked", `report objects that are retired before they are unlinked

An object must be unreachable for new readers before it is retired. A reader
that finds it later may find it reclaimed. A Pointer retires its objects
itself.`, linkedObjects)

func linkedObjects(in *inspection, f *ssa.Function) {
	for call := range each[*ssa.Call](f) {
		i, ok := retired[api.Name(&call.Call)]
		if !ok {
			continue
		}
		object := call.Call.Args[i]
		w := &linkedLook{inspection: in, retire: call, object: object, source: loadedFrom(object)}
		if w.inPointer() {
			w.diagnose(call.Pos(), "the object is a Pointer's, which retires it when it is replaced: this retires it a second time, or while readers still find it; call the Pointer's Replace alone")
			continue
		}
		if w.source != nil && !w.failed() && !w.unlinked(f.Blocks[0]) {
			w.tell()
		}
	}
}

type linkedLook struct {
	*inspection
	retire *ssa.Call
	object ssa.Value
	source ssa.Value
}

// inPointer reports whether the object was found in a Pointer. The one that
// ReplaceAndWait returns is the caller's.
func (w *linkedLook) inPointer() bool {
	if p, ok := w.object.(*ssa.Parameter); ok {
		return doOf(p) != nil
	}
	return w.source != nil && api.Argument(w.source.Type(), "hazptr.Pointer") != nil
}

// loadedFrom returns the place that a value was loaded from, if a call that
// leaves it there tells.
func loadedFrom(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	switch api.Name(&call.Call) {
	case "atomic.Pointer.Load":
		return call.Call.Args[0]
	case "hazptr.Guard.Ptr":
		acquire, ok := setOnce(call.Call.Args[0]).(*ssa.Call)
		if !ok {
			return nil
		}
		p, _ := protects(&acquire.Call)
		return p.source
	}
	if p, ok := protects(&call.Call); ok && p.owner != nil {
		return p.source
	}
	return nil
}

// unlinked reports whether anything between a block and the Retire may have
// unlinked the object.
func (w *linkedLook) unlinked(since *ssa.BasicBlock) bool {
	for in := range before[ssa.Instruction](w.retire) {
		if in != ssa.Instruction(w.retire) && since.Dominates(in.Block()) && mayUnlink(in) {
			return true
		}
	}
	return false
}

func mayUnlink(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.Store:
		_, local := path.Root(in.Addr).(*ssa.Alloc)
		return !local
	case *ssa.MapUpdate, *ssa.RunDefers:
		return true
	case ssa.CallInstruction:
		name := api.Name(in.Common())
		switch name {
		case "atomic.Pointer.Load", "hazptr.Guard.Ptr", "hazptr.Guard.Release", "hazptr.NewHolder", "hazptr.Default", "hazptr.NewDomain",
			"hazptr.Holder.Clear", "hazptr.Holder.Close", "builtin.len", "builtin.cap", "builtin.append", "builtin.print", "builtin.println":
			return false
		}
		if _, ok := protects(in.Common()); ok {
			return false
		}
		return !isPrinting(name)
	}
	return communicates(in)
}

// stores reports whether a call may store something else in the place that the
// object was loaded from.
func (w *linkedLook) stores(call *ssa.Call) bool {
	switch api.Name(&call.Call) {
	case "atomic.Pointer.Store", "atomic.Pointer.Swap", "atomic.Pointer.CompareAndSwap":
		return path.Expression(call.Call.Args[0]) == path.Expression(w.source)
	}
	return false
}

// storedLater returns what unlinks the object, too late.
func (w *linkedLook) storedLater() ssa.Instruction {
	for call := range each[*ssa.Call](w.retire.Parent()) {
		if w.stores(call) && w.retire.Block().Dominates(call.Block()) && reaches(w.retire, call) {
			return call
		}
	}
	return nil
}

func (w *linkedLook) tell() {
	instead := "store something else there first: old := source.Swap(next), then retire old"
	if later := w.storedLater(); later != nil {
		w.diagnose(w.retire.Pos(),
			fmt.Sprintf("the object is retired here, but readers find it until line %d: one that comes in between may use it when it is reclaimed; %s", w.line(later), instead),
			see(later, "unlinked here"))
		return
	}
	// A caller can have unlinked what has the source in it, but not a global
	// variable.
	if _, global := path.Root(w.source).(*ssa.Global); global && around(w.retire.Parent()) == nil {
		w.diagnose(w.retire.Pos(), "the object is retired, but still linked where it was loaded from: readers find it there and may use it when it is reclaimed; "+instead)
	}
}

// failed reports the retiring of what a CompareAndSwap may not have unlinked,
// and whether it was that.
func (w *linkedLook) failed() bool {
	for swap := range each[*ssa.Call](w.retire.Parent()) {
		if api.Name(&swap.Call) != "atomic.Pointer.CompareAndSwap" || !w.stores(swap) || swap.Call.Args[1] != w.object || inLoop(swap) {
			continue
		}
		if side := sideOf(swap, false); side != nil && len(side.Preds) == 1 && side.Dominates(w.retire.Block()) && !w.unlinked(side) {
			w.diagnose(w.retire.Pos(),
				fmt.Sprintf("the object is retired where the CompareAndSwap at line %d has failed: it is not this goroutine's to retire, and may still be linked or be retired twice; retire it where CompareAndSwap returns true",
					w.line(swap)),
				see(swap, "failed here"))
			return true
		}
	}
	return false
}

// sideOf returns the block that a branch on a call's result goes to for that
// result, or nil.
func sideOf(call *ssa.Call, result bool) *ssa.BasicBlock {
	for _, user := range *call.Referrers() {
		side := result
		if not, ok := user.(*ssa.UnOp); ok && not.Op == token.NOT {
			side = !side
			for _, u := range *not.Referrers() {
				if _, ok := u.(*ssa.If); ok {
					user = u
				}
			}
		}
		if branch, ok := user.(*ssa.If); ok {
			if side {
				return branch.Block().Succs[0]
			}
			return branch.Block().Succs[1]
		}
	}
	return nil
}
