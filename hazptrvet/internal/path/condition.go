package path

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A Fact is what a branch tells: whether X equals Y, or where Y is nil, whether
// X is true.
type Fact struct {
	X, Y ssa.Value
	Is   bool
}

// A question is what a condition asks, with the same name for a condition and
// its opposite.
type question struct {
	x, y  ssa.Value // as in a Fact
	name  string
	when  bool // the answer for which the condition holds
	known bool // the answer is:
	is    bool
}

// ask returns the question that a condition asks on the path of s.
func (s *State) ask(condition ssa.Value) question {
	q := question{x: condition, when: true}
	for range deepest {
		if not, ok := q.x.(*ssa.UnOp); ok && not.Op == token.NOT {
			q.x, q.when = not.X, !q.when
		} else {
			q.x = s.resolve(q.x)
		}
	}
	if b, ok := q.x.(*ssa.BinOp); ok {
		x, y := s.resolve(b.X), s.resolve(b.Y)
		switch b.Op {
		case token.NEQ, token.EQL:
			if b.Op == token.NEQ {
				q.when = !q.when
			}
			q.x, q.y = x, y
			q.name = equality(x, y)
			q.is, q.known = equal(x, y)
			return q
		case token.GEQ, token.LEQ:
			q.when = !q.when
			opposite := map[token.Token]string{token.GEQ: "<", token.LEQ: ">"}[b.Op]
			q.name = "(" + Expression(x) + opposite + Expression(y) + ")"
			return q
		}
	}
	q.name = Expression(q.x)
	if c, ok := q.x.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Bool {
		q.known, q.is = true, constant.BoolVal(c.Value)
	}
	return q
}

// equality names the question whether two values are equal.
func equality(x, y ssa.Value) string {
	a, b := Expression(x), Expression(y)
	return "(" + min(a, b) + "==" + max(a, b) + ")"
}

func equal(x, y ssa.Value) (is, known bool) {
	a, aConst := x.(*ssa.Const)
	b, bConst := y.(*ssa.Const)
	switch {
	case !aConst || !bConst:
		return false, false
	case a.Value == nil || b.Value == nil:
		return a.Value == nil && b.Value == nil, true
	case a.Value.Kind() != b.Value.Kind():
		return false, false
	}
	return constant.Compare(a.Value, token.EQL, b.Value), true
}

// resolve returns what a variable was set to on the path of s.
func (s *State) resolve(v ssa.Value) ssa.Value {
	if phi, ok := v.(*ssa.Phi); ok && s.values[phi] != nil {
		return s.values[phi]
	}
	return v
}

// branch takes one side of an if. It returns false where the path can't go
// there.
func (w *Walk) branch(s *State, condition ssa.Value, taken bool) bool {
	q := s.ask(condition)
	answer := q.when == taken
	if q.known && q.is != answer {
		return false
	}
	if is, asked := s.conditions[q.name]; asked && is != answer {
		return false
	}
	if w.asked[q.name] > 1 {
		s.conditions[q.name] = answer
	}
	return w.Branch == nil || w.Branch(s, Fact{q.x, q.y, answer})
}

// conditions finds which variables and questions are worth remembering: the
// ones on which more than one if depends.
func (w *Walk) conditions(f *ssa.Function) {
	w.asked, w.chosen = map[string]int{}, map[*ssa.Phi]bool{}
	var choose func(v ssa.Value, seen map[ssa.Value]bool)
	choose = func(v ssa.Value, seen map[ssa.Value]bool) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			w.chosen[v] = true
			for _, edge := range v.Edges {
				choose(edge, seen)
				w.asked[(&State{}).ask(edge).name]++
			}
		case *ssa.UnOp:
			if v.Op == token.NOT {
				choose(v.X, seen)
			}
		case *ssa.BinOp:
			for _, side := range [][2]ssa.Value{{v.X, v.Y}, {v.Y, v.X}} {
				operand, other := side[0], side[1]
				choose(operand, seen)
				if phi, ok := operand.(*ssa.Phi); ok {
					for _, edge := range phi.Edges {
						w.asked[equality(edge, other)]++
					}
				}
			}
		}
	}
	for _, b := range f.Blocks {
		if branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			choose(branch.Cond, map[ssa.Value]bool{})
			w.asked[(&State{}).ask(branch.Cond).name]++
		}
	}
}

// given adds to s what must have been asked to get to b.
func (w *Walk) given(s *State, b *ssa.BasicBlock) {
	for ; b.Idom() != nil; b = b.Idom() {
		if len(b.Preds) != 1 {
			continue
		}
		from := b.Preds[0]
		if branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If); ok && from.Succs[0] != from.Succs[1] {
			q := s.ask(branch.Cond)
			if w.asked[q.name] > 1 {
				s.conditions[q.name] = q.when == (from.Succs[0] == b)
			}
		}
	}
}
