package lifetime

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// noted remembers where a path stores or sends the protected pointer.
func (w *protectionWalk) noted(s *path.State, in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		if _, outer := in.Addr.(*ssa.FreeVar); w.carries(s, in.Val) && w.outlives(in.Addr) && (!outer || w.usedOutside(in)) {
			w.note(s, in)
		}
	case *ssa.MapUpdate:
		// A pointer as a key is compared alone.
		if w.carries(s, in.Value) || isMemory(in.Key) && w.carries(s, in.Key) {
			if from := path.Loaded(in.Map); from != nil && w.outlives(from) {
				w.note(s, in)
			}
		}
	case *ssa.Send:
		if w.carries(s, in.X) {
			w.note(s, in)
		}
	}
}

const mostNotes = 8

func (w *protectionWalk) note(s *path.State, in ssa.Instruction) {
	if spawn, ok := in.(*ssa.Go); ok && !w.spawned(s, spawn) {
		return
	}
	if len(s.Sites) < mostNotes && !slices.Contains(s.Sites, in) {
		s.Sites = append(s.Sites, in)
	}
}

// spawned reports whether a goroutine gets the pointer and does not tell when
// it has done with it.
func (w *protectionWalk) spawned(s *path.State, spawn *ssa.Go) bool {
	gets := slices.ContainsFunc(append([]ssa.Value{spawn.Call.Value}, spawn.Call.Args...), func(v ssa.Value) bool { return w.carries(s, v) })
	if f := body(&spawn.Call); f != nil {
		return gets && !w.tells(f)
	}
	return gets && w.isMute(&spawn.Call)
}

// tells reports whether a function may tell another goroutine that it is done.
func (w *protectionWalk) tells(f *ssa.Function) bool {
	for in := range each[ssa.Instruction](f) {
		if communicates(in) {
			return true
		}
	}
	return does(f, func(c *ssa.CallCommon) bool { return body(c) == nil && !quiet(c) && !w.isMute(c) })
}

// isMute reports whether a call in another goroutine has nothing to tell with:
// it gets the object and plain data alone, and the object is of a Do or Lease.
func (w *protectionWalk) isMute(c *ssa.CallCommon) bool {
	if !w.managed || api.Callee(c) == nil {
		return false
	}
	arguments := c.Args
	if c.IsInvoke() {
		arguments = append([]ssa.Value{c.Value}, c.Args...)
	}
	return !slices.ContainsFunc(arguments, func(a ssa.Value) bool {
		t := a.Type()
		if memory, ok := t.Underlying().(*types.Slice); ok {
			t = memory.Elem()
		}
		return !types.Identical(pointee(a.Type()), w.object) && refers(t, false)
	})
}

// carries reports whether v is the pointer, one into the object, or a closure
// or something else that has it.
func (w *protectionWalk) carries(s *path.State, v ssa.Value) bool {
	return s.PointsInto(v) || s.Holds(v) || s.Notes.Has(carrier(v))
}

// outlives reports whether a place is certainly there after the function: in a
// global variable, in one of a function around, or in what a parameter points
// to.
func (w *protectionWalk) outlives(addr ssa.Value) bool {
	if w.knows(addr) {
		// A link, or what knows by its own Holder whether the pointer is good.
		return false
	}
	if _, field := addr.(*ssa.FieldAddr); !field && w.stable(addr) || w.cleared(addr) {
		return false
	}
	for root := path.Root(addr); root != nil; root = path.Root(within(root)) {
		switch root := root.(type) {
		case *ssa.Global, *ssa.Parameter:
			return true
		case *ssa.FreeVar:
			// The body of a loop is a part of its function.
			return root.Parent().Synthetic == ""
		}
	}
	return false
}

// within returns the address that a pointer is loaded from, or the slice that
// it points into.
func within(pointer ssa.Value) ssa.Value {
	if a, ok := pointer.(*ssa.IndexAddr); ok {
		return a.X
	}
	return path.Loaded(pointer)
}

// protects reports whether a struct has a Holder or a Guard of such objects.
func (w *protectionWalk) protects(container types.Type) bool {
	fields, ok := types.Unalias(container).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range fields.NumFields() {
		if protects := api.Argument(fields.Field(i).Type(), "hazptr.Holder", "hazptr.Guard"); protects != nil && types.Identical(protects, w.object) {
			return true
		}
		if leased := api.Argument(fields.Field(i).Type(), "live.Lease", "mapped.View"); leased != nil && types.Identical(pointee(leased), w.object) {
			return true
		}
	}
	return false
}

// cleared reports whether another function sets the field or variable to
// nothing, or the whole struct to something else.
func (w *protectionWalk) cleared(addr ssa.Value) bool {
	a, isField := addr.(*ssa.FieldAddr)
	for _, f := range w.functions {
		for store := range each[*ssa.Store](f) {
			other, otherField := store.Addr.(*ssa.FieldAddr)
			if (store.Addr == addr || isField && otherField && field(other) == field(a)) && f != addr.Parent() && isNil(store.Val) {
				return true
			}
			if isField && types.Identical(store.Val.Type(), a.X.Type().Underlying().(*types.Pointer).Elem()) {
				if _, fresh := path.Root(store.Addr).(*ssa.Alloc); !fresh {
					return true
				}
			}
		}
	}
	return false
}

// noteOf reports whether v was loaded from where a path has stored the pointer.
func noteOf(s *path.State, v ssa.Value) bool {
	from := path.Loaded(v)
	return from != nil && slices.ContainsFunc(s.Sites, func(note ssa.Instruction) bool { return isStore(note, from) })
}

// isStore reports whether a note is of a store to an address.
func isStore(note ssa.Instruction, addr ssa.Value) bool {
	store, ok := note.(*ssa.Store)
	return ok && path.Place(store.Addr) == path.Place(addr)
}

// overwritten forgets a note when something else is stored in its place.
func (w *protectionWalk) overwritten(s *path.State, in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		w.forget(s, func(note ssa.Instruction) bool { return isStore(note, in.Addr) })
	case ssa.CallInstruction:
		if b, ok := in.Common().Value.(*ssa.Builtin); ok && (b.Name() == "delete" || b.Name() == "clear") {
			w.forget(s, func(note ssa.Instruction) bool {
				_, ok := note.(*ssa.MapUpdate)
				return ok
			})
		}
	}
}

func (w *protectionWalk) forget(s *path.State, which func(ssa.Instruction) bool) {
	s.Sites = slices.DeleteFunc(slices.Clone(s.Sites), which)
}

// isShared reports whether a note is of another goroutine, which may be waited
// for.
func isShared(note ssa.Instruction) bool {
	switch note.(type) {
	case *ssa.Go, *ssa.Send:
		return true
	}
	return startsGoroutine(note)
}

// kept reports what still has the pointer when its protection has ended.
func (w *protectionWalk) kept(s *path.State, which func(ssa.Instruction) bool) {
	for _, note := range s.Sites {
		if !which(note) {
			continue
		}
		thing, what, instead := w.escape(s, note)
		end := "when the function returns"
		if w.inDo {
			end = "when Do returns"
		} else if s.End != nil {
			end = "at " + w.end(s)
		}
		w.diagnose(note.Pos(),
			fmt.Sprintf("%s %s, but %s ends %s: a later use may find it %s; %s", thing, what, w.words.protection, end, w.words.ended, instead),
			see(w.origin, "protected here"))
	}
	w.forget(s, which)
}

// escape tells what a note is about, and what to do instead.
func (w *protectionWalk) escape(s *path.State, note ssa.Instruction) (thing, what, instead string) {
	thing = w.words.pointer
	name := func(v ssa.Value) { thing = w.thingOf(s, v) }
	// or returns what to do with a Guard, or where there is none without.
	or := func(with, without string) string {
		if w.words.guard == "" {
			return without
		}
		return strings.ReplaceAll(with, "GUARD", "a "+w.words.guard)
	}
	switch note := note.(type) {
	case *ssa.Go:
		return thing, "is used by this goroutine", or("acquire GUARD in the goroutine, or wait for it before", "call Do in the goroutine, or wait for it before")
	case *ssa.Call:
		if startsGoroutine(note) {
			return thing, "is used by this goroutine", or("acquire GUARD in the goroutine, or wait for it before", "call Do in the goroutine, or wait for it before")
		}
		return thing, "is used by this function, which is called later", or("acquire GUARD, which that function releases", "call Do there")
	case *ssa.Send:
		name(note.X)
		return thing, "is sent on", or("send GUARD, which the receiver releases", "send a copy of what is needed")
	case *ssa.MapUpdate:
		if name(note.Value); !w.carries(s, note.Value) {
			name(note.Key)
		}
	case *ssa.Store:
		name(note.Val)
		if _, outer := note.Addr.(*ssa.FreeVar); outer {
			return thing, "is assigned to a variable outside the function", or("use it inside, copy what is needed, or acquire GUARD outside", "use it inside, or copy what is needed")
		}
	}
	return thing, "is stored where it stays", or("store a copy of what is needed or GUARD, or set it to nil before", "store a copy of what is needed, or set it to nil before")
}

// thingOf names a value that the pointer is kept by.
func (w *protectionWalk) thingOf(s *path.State, v ssa.Value) string {
	if isMemory(v) && !s.Notes.Has(carrier(v)) {
		return w.words.memory
	}
	return w.words.pointer
}

// end tells which call has ended the protection.
func (w *protectionWalk) end(s *path.State) string {
	return fmt.Sprintf("line %d (%s)", w.line(s.End), method(s.End))
}

// returns looks at what a path leaves behind.
func (w *protectionWalk) returns(s *path.State, in *ssa.Return) {
	if s.Phase == live && !s.Notes.Has(endsAtExit) {
		return
	}
	w.kept(s, func(note ssa.Instruction) bool {
		return !isShared(note) || s.Phase == live && !s.Notes.Has(waitsAtExit)
	})
	for _, result := range in.Results {
		if w.inDo || !w.carries(s, result) { // Do returns an error alone
			continue
		}
		end := "the deferred call"
		if s.End != nil {
			end = w.end(s)
		}
		w.diagnose(in.Pos(),
			fmt.Sprintf("%s is returned, but %s ends %s: the caller may find it %s; return a copy of what is needed, or the %s, which the caller releases",
				w.thingOf(s, result), end, w.words.protection, w.words.ended, w.words.guard),
			see(w.origin, "protected here"))
		return
	}
}
