package lifetime

import (
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// parts has what ends together with an object, though it lies elsewhere: the
// fields that its reclaim function unmaps, frees or closes, and the types that
// are such memory themselves.
type parts map[types.Object]bool

// partsOf returns what the reclaim functions end that a package hands over.
func partsOf(in *inspection) parts {
	p := parts{}
	for _, f := range in.all {
		for call := range each[ssa.CallInstruction](f) {
			c := call.Common()
			var reclaim ssa.Value
			if _, ok := retired[api.Name(c)]; ok {
				reclaim = c.Args[len(c.Args)-1]
			} else if m, ok := makes(call); ok {
				reclaim, _ = in.option(m.config, "Reclaim")
			} else if end, _ := in.closes(c); end != nil {
				reclaim = end
			} else if api.Name(c) == "mapped.Parse" {
				p.setBy(function(in.set(c.Args[1])), 0, 0)
			}
			if reclaim == nil {
				continue
			}
			if f := function(in.set(reclaim)); f != nil {
				p.endedBy(in, f)
			}
		}
	}
	return p
}

// endedBy adds what a reclaim function and what it calls end.
func (p parts) endedBy(in *inspection, reclaim *ssa.Function) {
	for f := range reached(reclaim, true) {
		for call := range each[ssa.CallInstruction](f) {
			for _, v := range endedArguments(call.Common()) {
				v = in.set(bare(v))
				from := path.Loaded(v)
				if a, ok := v.(*ssa.FieldAddr); ok {
					p[field(a)] = true
				} else if f, ok := v.(*ssa.Field); ok {
					p[fieldOf(f)] = true
				} else if a, ok := from.(*ssa.FieldAddr); ok {
					p[field(a)] = true
				} else if object, ok := from.(*ssa.Parameter); ok {
					if named, ok := types.Unalias(pointee(object.Type())).(*types.Named); ok {
						p[named.Origin().Obj()] = true
					}
				}
			}
		}
	}
}

func fieldOf(f *ssa.Field) *types.Var {
	return types.Unalias(f.X.Type()).Underlying().(*types.Struct).Field(f.Field).Origin()
}

// setBy adds the fields that a function sets to memory that its i-th parameter
// points to: one that parses a mapping.
func (p parts) setBy(f *ssa.Function, i, depth int) {
	if f == nil || i >= len(f.Params) || depth > deepest {
		return
	}
	into := map[ssa.Value]bool{f.Params[i]: true}
	for known := 0; known < len(into); {
		known = len(into)
		for in := range each[ssa.Instruction](f) {
			switch in := in.(type) {
			case *ssa.Store:
				if !into[in.Val] {
					continue
				}
				switch to := in.Addr.(type) {
				case *ssa.FieldAddr:
					p[field(to)] = true
				case *ssa.Alloc:
					into[to] = true
				}
			case ssa.Value:
				if takes := partOf(in); takes != nil && into[takes] {
					into[in] = true
				}
			}
		}
	}
	for call := range each[ssa.CallInstruction](f) {
		for i, a := range call.Common().Args {
			if into[a] {
				p.setBy(body(call.Common()), i, depth+1)
			}
		}
	}
}

const deepest = 3 // calls of calls

// partOf returns the memory that a value is a part of, or nil.
func partOf(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.Slice:
		if !isEmpty(v) {
			return v.X
		}
	case *ssa.IndexAddr:
		return v.X
	case *ssa.SliceToArrayPointer:
		return v.X
	case *ssa.ChangeType:
		return v.X
	case *ssa.UnOp:
		if variable, ok := path.Loaded(v).(*ssa.Alloc); ok {
			return variable
		}
	case *ssa.Convert:
		if isPointer(v.X.Type()) && isPointer(v.Type()) {
			return v.X
		}
	case *ssa.Call:
		return partOfArgument(&v.Call)
	}
	return nil
}

// isEmpty reports whether a slice has no capacity, as b[:0:0] to append to.
func isEmpty(s *ssa.Slice) bool {
	c, ok := s.Max.(*ssa.Const)
	return ok && c.Int64() == 0
}

// partOfArgument returns the argument of which a call certainly returns a part,
// or nil.
func partOfArgument(c *ssa.CallCommon) ssa.Value {
	name := api.Name(c)
	switch name {
	case "builtin.Add", "builtin.Slice", "builtin.SliceData", "builtin.String", "builtin.StringData", "builtin.append":
		return c.Args[0]
	}
	if trims.MatchString(name) {
		return c.Args[0]
	}
	return nil
}

// trims are the functions that return a part of their first argument.
var trims = regexp.MustCompile(`^(bytes|strings)\.(Trim|TrimFunc|TrimLeft|TrimLeftFunc|TrimRight|TrimRightFunc|TrimPrefix|TrimSuffix|TrimSpace)$`)

// ending are the names of functions that end what they are given, or their
// receiver.
var ending = regexp.MustCompile(`(?i)(^|[._])(munmap|unmap|unmapviewoffile|virtualfree|free|close)$`)

func endedArguments(c *ssa.CallCommon) []ssa.Value {
	name := api.Name(c)
	switch {
	case name == "sync.Pool.Put":
		return c.Args[1:]
	case !ending.MatchString(name) || name == "builtin.close":
		return nil
	case c.IsInvoke():
		return append([]ssa.Value{c.Value}, c.Args...)
	case len(c.Args) > 1 && api.Callee(c).Signature().Recv() != nil && api.Callee(c).Name() != "Close":
		return c.Args[1:] // the receiver is what it was allocated by
	}
	return c.Args
}

// bare returns what a value was converted from.
func bare(v ssa.Value) ssa.Value {
	for {
		switch from := v.(type) {
		case *ssa.Convert:
			v = from.X
		case *ssa.ChangeType:
			v = from.X
		case *ssa.ChangeInterface:
			v = from.X
		case *ssa.MakeInterface:
			v = from.X
		case *ssa.Slice:
			v = from.X
		case *ssa.Call:
			if name := api.Name(&from.Call); name != "builtin.SliceData" && name != "builtin.StringData" {
				return v
			}
			v = from.Call.Args[0]
		default:
			return v
		}
	}
}

// has reports whether what is loaded from an address ends with the object that
// the address is in.
func (p parts) has(addr ssa.Value, loaded types.Type) bool {
	if a, ok := addr.(*ssa.FieldAddr); ok {
		return p.hasField(field(a), loaded)
	}
	named, ok := types.Unalias(pointee(addr.Type())).(*types.Named)
	return ok && p[named.Origin().Obj()] && mayBePart(loaded)
}

// hasField reports whether a field is a part, where it has a type of which a
// part can be.
func (p parts) hasField(f *types.Var, loaded types.Type) bool { return p[f] && mayBePart(loaded) }

func mayBePart(loaded types.Type) bool {
	switch u := loaded.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString == 0 && u.Kind() != types.UnsafePointer {
			return false
		}
	case *types.Slice, *types.Pointer, *types.Interface:
	default:
		return false
	}
	return true
}

func pointee(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// gives reports whether an instruction yields the protected pointer, or one
// into the object or to what ends with it.
func (w *protectionWalk) gives(s *path.State, v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		if from := partOfArgument(&v.Call); from != nil {
			return s.PointsInto(from)
		}
		return isPtr(s, v)
	case *ssa.Field:
		return s.Holds(v.X) && w.parts.hasField(fieldOf(v), v.Type())
	case *ssa.ChangeInterface:
		return s.Holds(v.X)
	case *ssa.TypeAssert:
		return !v.CommaOk && s.Holds(v.X) && refers(v.Type(), false)
	case *ssa.Extract:
		asserted, ok := v.Tuple.(*ssa.TypeAssert)
		return ok && v.Index == 0 && s.Holds(asserted.X) && refers(v.Type(), false)
	case *ssa.Slice:
		return s.PointsInto(v.X) && !isEmpty(v)
	case *ssa.SliceToArrayPointer:
		return s.Holds(v.X)
	case *ssa.IndexAddr:
		return s.Holds(v.X)
	case *ssa.Convert:
		return isPointer(v.X.Type()) && isPointer(v.Type()) && s.PointsInto(v.X)
	case *ssa.UnOp:
		in := func() bool {
			return s.PointsInto(v.X) || s.Held.Has(path.Place(path.Root(v.X))) && path.Root(v.X) != v.X
		}
		return v.Op == token.MUL && w.parts.has(v.X, v.Type()) && in()
	}
	return false
}

func isPointer(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}

// isMemory reports whether a value is a slice or a string: it cannot tell a
// function which object is to be kept.
func isMemory(v ssa.Value) bool {
	switch u := v.Type().Underlying().(type) {
	case *types.Slice:
		return true
	case *types.Basic:
		return u.Info()&types.IsString != 0
	}
	return false
}

// carrier names a register that has something which has the pointer: a slice or
// a struct that it was put into, or a pointer to that.
func carrier(v ssa.Value) string { return "carrier " + path.Register(v) }

// carrierAt names a variable that has such a thing.
func carrierAt(addr ssa.Value) string { return "carrier " + path.Place(addr) }

// carriers remembers what the pointer is put into.
func (w *protectionWalk) carriers(s *path.State, in ssa.Instruction) {
	if v, ok := in.(ssa.Value); ok {
		s.Notes = s.Notes.Without(carrier(v))
		if w.takesAlong(s, v) {
			s.Notes = s.Notes.With(carrier(v))
		}
		return
	}
	store, ok := in.(*ssa.Store)
	if !ok {
		return
	}
	s.Notes = s.Notes.Without(carrierAt(store.Addr))
	if s.Notes.Has(carrier(store.Val)) && w.stable(store.Addr) {
		s.Notes = s.Notes.With(carrierAt(store.Addr))
	}
	if !w.carries(s, store.Val) {
		return
	}
	variable, ok := path.Root(store.Addr).(*ssa.Alloc)
	if !ok || store.Addr == variable || w.knows(store.Addr) {
		return
	}
	s.Notes = s.Notes.With(carrier(variable))
}

// takesAlong reports whether an instruction yields something that has the
// pointer since one of its operands has it.
func (w *protectionWalk) takesAlong(s *path.State, v ssa.Value) bool {
	has := func(v ssa.Value) bool { return s.Notes.Has(carrier(v)) }
	switch v := v.(type) {
	case *ssa.Slice:
		return has(v.X)
	case *ssa.MakeInterface:
		return has(v.X)
	case *ssa.ChangeType:
		return has(v.X)
	case *ssa.UnOp:
		return v.Op == token.MUL && (has(v.X) || s.Notes.Has(carrierAt(v.X)))
	case *ssa.Call:
		return api.Name(&v.Call) == "builtin.append" && (has(v.Call.Args[0]) || has(v.Call.Args[1]))
	}
	return false
}

// knows reports whether an address is that of a field beside which the object
// is known to be good or not: of the object's own type, or of a struct with a
// Holder or a Guard.
func (w *protectionWalk) knows(addr ssa.Value) bool {
	a, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	container := a.X.Type().Underlying().(*types.Pointer).Elem()
	return w.object == nil || types.Identical(container, w.object) || w.protects(container)
}
