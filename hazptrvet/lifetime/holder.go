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

// Holder finds Holders that more than one goroutine uses.
var Holder = analyzer("holder", `report Holders that are shared between goroutines

A Holder belongs to one goroutine. What another goroutine protects with it
meanwhile ends the first one's protection.`, sharedHolders)

func sharedHolders(in *inspection, f *ssa.Function) {
	for spawn := range each[ssa.CallInstruction](f) {
		for _, h := range handed(spawn) {
			(&holderWalk{inspection: in, spawn: spawn, handed: h}).run()
		}
	}
}

// A handed holder is one that a new goroutine gets.
type handedHolder struct {
	// Of the register or variable that has it in the goroutine that starts the
	// other.
	name string

	value ssa.Value     // the same
	body  *ssa.Function // what the new goroutine runs
	inner ssa.Value     // the parameter or variable that has it there
}

// handed returns the Holders that a call hands to a new goroutine which uses
// them.
func handed(spawn ssa.CallInstruction) []handedHolder {
	c := spawn.Common()
	var closure ssa.Value
	var holders []handedHolder
	switch _, parallel := spawn.(*ssa.Go); {
	case parallel:
		closure = c.Value
		if f := body(c); f != nil {
			for i, a := range c.Args {
				if _, pointer := a.Type().Underlying().(*types.Pointer); pointer && i < len(f.Params) && api.Is(a.Type(), "hazptr.Holder") {
					holders = append(holders, handedHolder{path.Register(a), a, f, f.Params[i]})
				}
			}
		}
	case api.Name(c) == "sync.WaitGroup.Go" || api.Name(c) == "errgroup.Group.Go":
		closure = c.Args[1]
	}
	if made, ok := closure.(*ssa.MakeClosure); ok {
		f := made.Fn.(*ssa.Function)
		for i, b := range made.Bindings {
			if p, ok := b.Type().Underlying().(*types.Pointer); ok && i < len(f.FreeVars) {
				if _, pointer := p.Elem().Underlying().(*types.Pointer); pointer && api.Is(p.Elem(), "hazptr.Holder") {
					holders = append(holders, handedHolder{path.Place(b), b, f, f.FreeVars[i]})
				}
			}
		}
	}
	return slices.DeleteFunc(holders, func(h handedHolder) bool { return len(h.uses()) == 0 })
}

// holderOf returns the *Holder that a call uses, or nil.
func holderOf(c *ssa.CallCommon) ssa.Value {
	name := api.Name(c)
	switch {
	case strings.HasPrefix(name, "hazptr.Holder."):
		return c.Args[0]
	case name == "hazptr.Pointer.Protect":
		return c.Args[1]
	}
	return nil
}

// uses returns the calls in the goroutine that use the holder.
func (h handedHolder) uses() []ssa.Instruction {
	var uses []ssa.Instruction
	for call := range each[*ssa.Call](h.body) {
		used := holderOf(&call.Call)
		if used != nil && (used == h.inner || path.Loaded(used) == h.inner) {
			uses = append(uses, call)
		}
	}
	return uses
}

// atOnce reports whether the goroutine uses the holder without having waited
// for another goroutine.
func (h handedHolder) atOnce() bool {
	return slices.ContainsFunc(h.uses(), func(use ssa.Instruction) bool {
		for in := range before[ssa.Instruction](use) {
			call, isCall := in.(*ssa.Call)
			if communicates(in) || isCall && !quiet(&call.Call) {
				return false
			}
		}
		return true
	})
}

// takesTurns reports whether goroutines that run the same body may exclude one
// another.
func (h handedHolder) takesTurns() bool {
	for in := range each[ssa.Instruction](h.body) {
		switch in := in.(type) {
		case *ssa.UnOp:
			if channel, ok := in.X.Type().Underlying().(*types.Chan); ok && in.Op == token.ARROW && isTurn(channel.Elem()) {
				return true
			}
		case *ssa.Select, *ssa.Send:
			return true
		}
	}
	return does(h.body, func(c *ssa.CallCommon) bool {
		name := api.Name(c)
		return name == "" || locks(name) || !strings.HasPrefix(name, "hazptr.") && keeps(name) || strings.HasSuffix(name, ".Wait")
	})
}

func isTurn(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return u.NumFields() == 0
	case *types.Basic:
		return true
	}
	return api.Is(t, "hazptr.Holder")
}

type holderWalk struct {
	*inspection
	spawn  ssa.CallInstruction
	handed handedHolder
}

func (w *holderWalk) run() {
	if alloc, ok := w.handed.value.(*ssa.Alloc); ok && !w.stable(alloc) {
		return
	}
	s := path.State{Held: path.Set{w.handed.name}}
	if from := path.Loaded(w.handed.value); from != nil && w.stable(from) {
		s.Held = s.Held.With(path.Place(from))
	}
	for d := range before[*ssa.Defer](w.spawn) {
		if h := holderOf(&d.Call); h != nil && d.Block().Dominates(w.spawn.Block()) && w.same(h) {
			s.Notes, s.End = s.Notes.With(endsAtExit), d
		} else if h == nil {
			s.Notes = s.Notes.With(waitsAtExit)
		}
	}
	walk := &path.Walk{Step: w.step, Stable: w.stable}
	walk.After(w.spawn, s)
}

// same reports whether h is the handed holder, before it is handed.
func (w *holderWalk) same(h ssa.Value) bool {
	return h == w.handed.value || path.Loaded(h) == w.handed.value
}

func (w *holderWalk) step(s *path.State, in ssa.Instruction) bool {
	if len(s.Held) == 0 || communicates(in) {
		return false
	}
	if call, ok := in.(ssa.CallInstruction); ok {
		if call == w.spawn {
			if !w.handed.takesTurns() && s.Held.Has(w.handed.name) {
				w.tell(w.spawn, fmt.Sprintf("each goroutine that this loop starts gets the same Holder (%s): what one protects ends the protection of another; call NewHolder in the goroutine, or use a Guard", w.names()))
			}
			return false
		}
		for _, h := range handed(call) {
			if s.Held.Has(h.name) && w.handed.atOnce() && h.atOnce() {
				w.tell(call, fmt.Sprintf("this goroutine gets the Holder that the one started at line %d uses: what one protects ends the protection of the other; call NewHolder in the goroutine, or use a Guard", w.line(w.spawn)))
				return false
			}
		}
		if h := holderOf(call.Common()); h != nil && s.Holds(h) {
			if _, deferred := in.(*ssa.Defer); deferred {
				s.Notes, s.End = s.Notes.With(endsAtExit), in
				return true
			}
			if w.handed.atOnce() {
				w.tell(in, fmt.Sprintf("the Holder is used here and by the goroutine that was started at line %d: what one protects ends the protection of the other; make a Holder for each, or wait for the goroutine before", w.line(w.spawn)))
			}
			return false
		}
		switch in.(type) {
		case *ssa.Defer:
			s.Notes = s.Notes.With(waitsAtExit)
		case *ssa.Call:
			return quiet(call.Common())
		}
	}
	if _, ok := in.(*ssa.Return); ok && s.Notes.Has(endsAtExit) && !s.Notes.Has(waitsAtExit) && w.handed.atOnce() {
		w.tell(s.End, fmt.Sprintf("the function returns and uses the Holder here while the goroutine that was started at line %d uses it, too; let the goroutine close it, or wait for the goroutine before", w.line(w.spawn)))
	}
	return true
}

func (w *holderWalk) names() string {
	if alloc, ok := w.handed.value.(*ssa.Alloc); ok {
		return alloc.Comment
	}
	return "passed to it"
}

func (w *holderWalk) tell(at ssa.Instruction, message string) {
	w.diagnose(at.Pos(), message, see(w.spawn, "the goroutine is started here"))
}
