package lifetime

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// overwritten notes a store that the value gets lost by.
func (w *leaseWalk) overwritten(store *ssa.Store) {
	if w.isOrigin(store.Val) {
		w.lostAt = append(w.lostAt, store)
	} else {
		w.overs = append(w.overs, store)
	}
}

// isLast reports whether a store puts something else into the only variable
// that has the value, and nothing has a copy.
func (w *leaseWalk) isLast(s *path.State, store *ssa.Store) bool {
	place := path.Place(store.Addr)
	if !s.Held.Has(place) || s.Holds(store.Val) {
		return false
	}
	if slices.ContainsFunc(s.Held, func(name string) bool { return name != place && strings.HasPrefix(name, "*") }) {
		return false
	}
	for in := range each[ssa.Instruction](w.origin.Parent()) {
		if copied, ok := in.(ssa.Value); ok && s.Holds(copied) && isUsedAfter(copied, store) {
			return false
		}
	}
	return true
}

// isUsedAfter reports whether a path leads from an instruction to a use of what
// a register has now.
func isUsedAfter(v ssa.Value, after ssa.Instruction) bool {
	defined, _ := v.(ssa.Instruction)
	redefines := func(in ssa.Instruction) bool { return in == defined }
	return slices.ContainsFunc(*v.Referrers(), func(user ssa.Instruction) bool {
		_, debug := user.(*ssa.DebugRef)
		return !debug && leads(after, user, redefines)
	})
}

// leads reports whether a path leads from behind an instruction to another one
// without passing one that stops it.
func leads(from, to ssa.Instruction, stops func(ssa.Instruction) bool) bool {
	type start struct {
		block *ssa.BasicBlock
		next  int
	}
	seen := map[*ssa.BasicBlock]bool{}
	work := []start{{from.Block(), slices.Index(from.Block().Instrs, from) + 1}}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		stopped := false
		for _, in := range at.block.Instrs[at.next:] {
			if in == to {
				return true
			}
			if stopped = stops(in); stopped {
				break
			}
		}
		if stopped {
			continue
		}
		for _, next := range at.block.Succs {
			if !seen[next] {
				seen[next] = true
				work = append(work, start{next, 0})
			}
		}
	}
	return false
}

// kept follows a field or a package-level variable that was set to the value,
// as long as nothing else can have taken it from there.
func (w *leaseWalk) kept(store *ssa.Store) {
	if variable(store.Addr) == nil || !isDirect(store.Addr) {
		return
	}
	place, root := path.Place(store.Addr), path.Root(store.Addr)
	walk := &path.Walk{
		Stable: func(ssa.Value) bool { return false },
		Step: func(_ *path.State, in ssa.Instruction) bool {
			if v, ok := in.(ssa.Value); ok && v == root {
				return false
			}
			switch in := in.(type) {
			case *ssa.Store:
				switch other := path.Place(in.Addr); {
				case other == place:
					w.overwritten(in)
					return false
				case in.Addr == root || in.Val == root:
					return false
				}
			case *ssa.UnOp:
				return path.Loaded(in) == nil || path.Place(in.X) != place && in.X != root
			case ssa.CallInstruction:
				return w.leaves(in, place, root)
			case *ssa.MakeClosure, *ssa.Send, *ssa.Select:
				return false
			}
			return true
		},
	}
	walk.After(store, path.State{})
}

// isDirect reports whether an address is that of a package-level variable, or
// of a field of what a parameter or a local variable is or points to.
func isDirect(addr ssa.Value) bool {
	switch path.Root(addr).(type) {
	case *ssa.Global, *ssa.Parameter, *ssa.Alloc, *ssa.Call:
		return true
	}
	return false
}

// leaves reports whether a call certainly doesn't take the value from a place.
func (w *leaseWalk) leaves(in ssa.CallInstruction, place string, root ssa.Value) bool {
	c := in.Common()
	switch in.(type) {
	case *ssa.Go:
		return false
	case *ssa.Defer:
		// It comes after what is followed here.
		return w.gives(c) != nil || !slices.Contains(c.Args, root)
	}
	if v := w.gives(c); v != nil {
		_, other := path.Root(v).(*ssa.Alloc)
		return other && path.Root(v) != root && path.Place(v) != place
	}
	if w.harmless(c) {
		return true
	}
	callee := body(c)
	return callee != nil && !does(callee, func(c *ssa.CallCommon) bool {
		return body(c) == nil && !w.harmless(c)
	})
}

// harmless reports whether a call is of a function that is known to give
// nothing back.
func (w *leaseWalk) harmless(c *ssa.CallCommon) bool {
	name := api.Name(c)
	return w.taken[name] || w.used[name] || isPrinting(name) || name == "hazptr.Pointer.Replace" || strings.HasPrefix(name, "builtin.")
}
