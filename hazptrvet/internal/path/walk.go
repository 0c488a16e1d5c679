// Package path walks the paths of a function, to follow a value along each: through registers, variables and the branches that depend on one another.
package path

import (
	"fmt"
	"go/constant"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
)

// A Walk takes each path of a function from a point on until its rule ends it. Loops are gone through until nothing new is known.
type Walk struct {
	// Step is called with each instruction before what it does to the sets is done. It returns false to end the path.
	Step func(s *State, in ssa.Instruction) bool

	// Branch, where it isn't nil, is told what the branch that is taken means. It returns false to end the path.
	Branch func(s *State, f Fact) bool

	// Stable tells whether what is at a place changes by the function's own assignments alone.
	Stable func(addr ssa.Value) bool

	// Gives, where it isn't nil, tells whether a call returns the value that is followed.
	Gives func(s *State, call *ssa.Call) bool

	asked  map[string]int
	chosen map[*ssa.Phi]bool
	seen   map[string]bool
	work   []point
}

type point struct {
	block *ssa.BasicBlock
	next  int
	state State
}

const mostStates = 20_000 // of one walk; beyond, a function is too large to be understood

// After walks from behind an instruction. It reports whether it has seen all paths.
func (w *Walk) After(in ssa.Instruction, s State) bool {
	w.begin(&s, in.Block())
	for i, other := range in.Block().Instrs {
		if other == in {
			w.work = append(w.work, point{in.Block(), i + 1, s})
		}
	}
	return w.run()
}

// Along walks from the edge between two blocks, as After does.
func (w *Walk) Along(from, to *ssa.BasicBlock, s State) bool {
	w.begin(&s, from)
	w.enter(from, to, s)
	return w.run()
}

func (w *Walk) begin(s *State, b *ssa.BasicBlock) {
	w.seen = map[string]bool{}
	s.conditions, s.values = map[string]bool{}, map[*ssa.Phi]ssa.Value{}
	w.conditions(b.Parent())
	w.given(s, b)
}

func (w *Walk) run() bool {
	for n := 0; len(w.work) > 0; n++ {
		if n == mostStates {
			return false
		}
		p := w.work[len(w.work)-1]
		w.work = w.work[:len(w.work)-1]
		w.block(p)
	}
	return true
}

func (w *Walk) block(p point) {
	s := p.state
	for _, in := range p.block.Instrs[p.next:] {
		if _, phi := in.(*ssa.Phi); phi {
			continue
		}
		if !w.Step(&s, in) {
			return
		}
		w.effect(&s, in)
		switch in := in.(type) {
		case *ssa.Return, *ssa.Panic:
			return
		case ssa.CallInstruction:
			if _, now := in.(*ssa.Call); now && last[api.Name(in.Common())] {
				return
			}
		case *ssa.If:
			for i, to := range p.block.Succs {
				if branch := s.clone(); w.branch(&branch, in.Cond, i == 0) {
					w.enter(p.block, to, branch)
				}
			}
			return
		case *ssa.Jump:
			w.enter(p.block, p.block.Succs[0], s)
			return
		}
	}
	// A block of select or of a range over functions may end otherwise.
	for _, to := range p.block.Succs {
		w.enter(p.block, to, s.clone())
	}
}

// last has functions after which a path tells nothing: they don't return, which the SSA form doesn't know where they are methods of an interface, or the
// test has failed.
var last = map[string]bool{
	"os.Exit": true, "runtime.Goexit": true, "log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
}

func init() {
	for _, receiver := range []string{"TB", "common", "T", "B", "F"} {
		for _, name := range []string{"Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow", "Error", "Errorf", "Fail"} {
			last["testing."+receiver+"."+name] = true
		}
	}
}

// enter sets the variables of a block, all at once, as SSA wants it.
func (w *Walk) enter(from, to *ssa.BasicBlock, s State) {
	edge := -1
	for i, p := range to.Preds {
		if p == from {
			edge = i
		}
	}
	before := s.clone()
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		value := phi.Edges[edge]
		was := [2]bool{before.Held.Has(Register(value)), before.Owner.Has(Register(value))}
		redefine(&s, phi)
		for i, set := range []*Set{&s.Held, &s.Owner} {
			if was[i] {
				*set = set.With(Register(phi))
			}
		}
		if w.chosen[phi] {
			s.values[phi] = before.resolve(value)
		}
	}
	key := fmt.Sprintf("%p|", to) + s.key()
	if !w.seen[key] {
		w.seen[key] = true
		w.work = append(w.work, point{to, 0, s})
	}
}

// redefine forgets the register, and places that were named by it.
func redefine(s *State, v ssa.Value) {
	register := Register(v)
	s.change(func(set Set) Set {
		for _, name := range set {
			if strings.Contains(name, register) {
				return set.Where(func(name string) bool { return !strings.Contains(name, register) })
			}
		}
		return set
	})
}

func (w *Walk) effect(s *State, in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		w.store(s, in)
		return
	case *ssa.UnOp:
		if in.Op == token.MUL {
			w.same(s, in, Place(in.X))
			return
		}
	case *ssa.ChangeType:
		w.same(s, in, Register(in.X))
		return
	case *ssa.MakeInterface:
		w.same(s, in, Register(in.X))
		return
	case *ssa.FieldAddr:
		w.same(s, in, Register(in.X))
		return
	case *ssa.MakeClosure:
		w.closure(s, in)
		return
	case *ssa.Call:
		gives := w.Gives != nil && w.Gives(s, in)
		redefine(s, in)
		if gives {
			s.Held = s.Held.With(Register(in))
		}
		return
	}
	if v, ok := in.(ssa.Value); ok {
		redefine(s, v)
	}
}

// same makes v hold what the name holds.
func (w *Walk) same(s *State, v ssa.Value, name string) {
	before := *s
	redefine(s, v)
	if before.Held.Has(name) {
		s.Held = s.Held.With(Register(v))
	}
	if before.Owner.Has(name) {
		s.Owner = s.Owner.With(Register(v))
	}
}

// closure makes a closure hold what its variables hold.
func (w *Walk) closure(s *State, in *ssa.MakeClosure) {
	for _, binding := range in.Bindings {
		for _, name := range []string{Register(binding), Place(binding)} {
			if s.Held.Has(name) {
				w.same(s, in, name)
				return
			}
		}
	}
	redefine(s, in)
}

func (w *Walk) store(s *State, in *ssa.Store) {
	place := Place(in.Addr)
	for name := range s.conditions {
		if strings.Contains(name, place) {
			delete(s.conditions, name)
		}
	}
	if c, ok := in.Val.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Bool && w.asked[place] > 1 {
		s.conditions[place] = constant.BoolVal(c.Value)
	}
	if !w.Stable(in.Addr) {
		s.change(func(set Set) Set { return set.Without(place) })
		return
	}
	s.change(func(set Set) Set {
		if set.Has(Register(in.Val)) {
			return set.With(place)
		}
		return set.Without(place)
	})
}
