package path

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A State is what is known at one point of one path.
type State struct {
	// Held has the registers and places that hold the value which is followed;
	// Owner the names that hold what it belongs to.
	Held, Owner Set

	// The rest is the rule's.
	Phase int
	Notes Set
	Sites []ssa.Instruction
	End   ssa.Instruction

	conditions map[string]bool        // the answers, by the questions' names
	values     map[*ssa.Phi]ssa.Value // what variables were set to
}

// Holds reports whether the register of v holds the value which is followed.
func (s *State) Holds(v ssa.Value) bool { return s.Held.Has(Register(v)) }

// PointsInto reports whether v is the value which is followed, or a pointer
// into what it points to.
func (s *State) PointsInto(v ssa.Value) bool { return s.Holds(Root(v)) }

func (s State) clone() State {
	s.Sites = slices.Clone(s.Sites)
	s.conditions = maps.Clone(s.conditions)
	s.values = maps.Clone(s.values)
	return s
}

func (s State) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v|%v|%d|%v|%p|%v|", s.Held, s.Owner, s.Phase, s.Notes, s.End, s.conditions)
	for _, site := range s.Sites {
		fmt.Fprintf(&b, "%p ", site)
	}
	var values []string
	for phi, v := range s.values {
		values = append(values, fmt.Sprintf("|%p=%p", phi, v))
	}
	slices.Sort(values)
	b.WriteString(strings.Join(values, ""))
	return b.String()
}

// define makes the register of v hold what the name has held before, and
// nothing else.
func (s *State) define(v ssa.Value, before State, name string) {
	s.redefine(v)
	if before.Held.Has(name) {
		s.Held = s.Held.With(Register(v))
	}
	if before.Owner.Has(name) {
		s.Owner = s.Owner.With(Register(v))
	}
}

// redefine forgets the register, and places that were named by it.
func (s *State) redefine(v ssa.Value) {
	register := Register(v)
	s.change(func(set Set) Set {
		return set.Where(func(name string) bool { return !strings.Contains(name, register) })
	})
}

// change changes each set of names.
func (s *State) change(how func(Set) Set) {
	s.Held, s.Owner = how(s.Held), how(s.Owner)
}
