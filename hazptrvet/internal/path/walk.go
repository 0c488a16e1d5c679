// Package path walks the paths of a function, to follow a value along each:
// through registers, variables and the branches that depend on one another.
package path

import (
	"fmt"
	"go/constant"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
)

// A Walk takes each path of a function from a point on until its rule ends it.
// Loops are gone through until nothing new is known.
type Walk struct {
	// Step is called with each instruction before what it does to the sets is
	// done. It returns false to end the path.
	Step func(s *State, in ssa.Instruction) bool

	// Branch, where it isn't nil, is told what the branch that is taken means.
	// It returns false to end the path.
	Branch func(s *State, f Fact) bool

	// Stable tells whether what is at a place changes by the function's own
	// assignments alone.
	Stable func(addr ssa.Value) bool

	// Gives, where it isn't nil, tells whether an instruction yields the value
	// that is followed, or a pointer into what that points to, where it isn't
	// plain that it does.
	Gives func(s *State, v ssa.Value) bool

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

// Of one walk. Beyond, a function is too large to be understood.
const mostStates = 20_000

// After walks from behind an instruction. It reports whether it has seen all
// paths.
func (w *Walk) After(in ssa.Instruction, s State) bool {
	w.begin(&s, in.Block())
	w.work = append(w.work, point{in.Block(), slices.Index(in.Block().Instrs, in) + 1, s})
	return w.run()
}

// Along walks from the edge between two blocks, as After does.
func (w *Walk) Along(from, to *ssa.BasicBlock, s State) bool {
	w.begin(&s, from)
	w.enter(from, to, s)
	return w.run()
}

// From walks from a function's beginning, as After does.
func (w *Walk) From(f *ssa.Function, s State) bool {
	w.begin(&s, f.Blocks[0])
	w.work = append(w.work, point{f.Blocks[0], 0, s})
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
			if _, now := in.(*ssa.Call); now && last.MatchString(api.Name(in.Common())) {
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

// last matches functions after which a path tells nothing: they don't return,
// which the SSA form doesn't know where they are methods of an interface, or
// the test has failed.
var last = regexp.MustCompile(`^(os\.Exit|runtime\.Goexit|log\.Fatal(f|ln)?|` +
	`testing\.(TB|common|T|B|F)\.(Fatalf?|FailNow|Skipf?|SkipNow|Errorf?|Fail))$`)

// enter sets the variables of a block, all at once, as SSA wants it.
func (w *Walk) enter(from, to *ssa.BasicBlock, s State) {
	edge := slices.Index(to.Preds, from)
	before := s.clone()
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		value := phi.Edges[edge]
		s.define(phi, before, Register(value))
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

// effect does what an instruction does to the sets.
func (w *Walk) effect(s *State, in ssa.Instruction) {
	if v, ok := in.(ssa.Value); ok && w.Gives != nil && w.Gives(s, v) {
		s.redefine(v)
		s.Held = s.Held.With(Register(v))
		return
	}
	switch in := in.(type) {
	case *ssa.Store:
		w.store(s, in)
	case *ssa.ChangeType:
		s.define(in, *s, Register(in.X))
	case *ssa.MakeInterface:
		s.define(in, *s, Register(in.X))
	case *ssa.FieldAddr:
		s.define(in, *s, Register(in.X))
	case *ssa.Extract:
		s.define(in, *s, Element(in.Tuple, in.Index))
	case *ssa.MakeClosure:
		s.closure(in)
	case ssa.Value:
		if addr := Loaded(in); addr != nil {
			s.define(in, *s, Place(addr))
		} else {
			s.redefine(in)
		}
	}
}

// closure makes a closure hold what its variables hold.
func (s *State) closure(in *ssa.MakeClosure) {
	for _, binding := range in.Bindings {
		for _, name := range []string{Register(binding), Place(binding)} {
			if s.Held.Has(name) {
				s.define(in, *s, name)
				return
			}
		}
	}
	s.redefine(in)
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
	stable := w.Stable(in.Addr)
	s.change(func(set Set) Set {
		if stable && set.Has(Register(in.Val)) {
			return set.With(place)
		}
		return set.Without(place)
	})
}
