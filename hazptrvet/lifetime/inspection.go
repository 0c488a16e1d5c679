package lifetime

import (
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/path"
)

// An inspection is one analyzer's look at one package.
type inspection struct {
	pass      *analysis.Pass
	functions []*ssa.Function // see functionsOf
	all       []*ssa.Function // and the package's initializer
	ignored   ignored

	// To fields and package-level variables, of something else than nil.
	stores map[*types.Var][]*ssa.Store

	// Fields that are assigned, or have their address taken, other than in an
	// object that is being made.
	assigned map[*types.Var]bool

	reported map[token.Pos]bool
}

func newInspection(pass *analysis.Pass) *inspection {
	built := pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	initializer := built.Pkg.Func("init")
	functions := functionsOf(built.SrcFuncs, initializer)
	in := &inspection{
		pass:      pass,
		functions: functions,
		all:       append([]*ssa.Function{initializer}, functions...),
		ignored:   ignores(pass),
		stores:    map[*types.Var][]*ssa.Store{},
		assigned:  map[*types.Var]bool{},
		reported:  map[token.Pos]bool{},
	}
	for _, f := range in.functions {
		for a := range each[*ssa.FieldAddr](f) {
			if !onlyLoaded(a) {
				if _, fresh := path.Root(a.X).(*ssa.Alloc); !fresh {
					in.assigned[field(a)] = true
				}
			}
		}
	}
	for _, f := range in.all {
		for store := range each[*ssa.Store](f) {
			if v := variable(store.Addr); v != nil && !isNil(store.Val) {
				in.stores[v] = append(in.stores[v], store)
			}
		}
	}
	return in
}

// functionsOf returns the declared functions of a package and the literals in
// them, which source has, and the literals in its package-level variables.
func functionsOf(source []*ssa.Function, initializer *ssa.Function) []*ssa.Function {
	functions := slices.Clone(source)
	var add func(outer *ssa.Function)
	add = func(outer *ssa.Function) {
		for _, literal := range outer.AnonFuncs {
			functions = append(functions, literal)
			add(literal)
		}
	}
	add(initializer)
	return functions
}

// around returns the function that a literal stands in. It returns nil for a
// declared function and for a literal in a package-level variable.
func around(f *ssa.Function) *ssa.Function {
	if outer := f.Parent(); outer != nil && outer.Synthetic != "package initializer" {
		return outer
	}
	return nil
}

func onlyLoaded(a *ssa.FieldAddr) bool {
	return !slices.ContainsFunc(*a.Referrers(), func(user ssa.Instruction) bool {
		load, ok := user.(*ssa.UnOp)
		return !ok || path.Loaded(load) == nil
	})
}

func field(a *ssa.FieldAddr) *types.Var {
	t := a.X.Type().Underlying().(*types.Pointer).Elem()
	f := types.Unalias(t).Underlying().(*types.Struct).Field(a.Field)
	return f.Origin()
}

// report reports what is wrong at a place, once.
func (in *inspection) report(d analysis.Diagnostic) {
	if !d.Pos.IsValid() || in.reported[d.Pos] || in.ignored.at(in.pass.Fset.Position(d.Pos)) {
		return
	}
	in.reported[d.Pos] = true
	in.pass.Report(d)
}

// diagnose reports what is wrong at a place, and others that it has to do with.
func (in *inspection) diagnose(pos token.Pos, message string, others ...analysis.RelatedInformation) {
	in.report(analysis.Diagnostic{Pos: pos, Message: message, Related: others})
}

// see returns what a report says about another place.
func see(at ssa.Instruction, what string) analysis.RelatedInformation {
	return analysis.RelatedInformation{Pos: at.Pos(), Message: what}
}

// line tells where an instruction is, for a message about another place.
func (in *inspection) line(at ssa.Instruction) int {
	pos := at.Pos()
	if !pos.IsValid() { // the end of a function without a return statement
		if syntax := at.Parent().Syntax(); syntax != nil {
			pos = syntax.End() - 1
		}
	}
	return in.pass.Fset.Position(pos).Line
}

// stable reports whether a place keeps its value: it is a variable whose
// address goes nowhere, or a field that is set when its object is made.
func (in *inspection) stable(addr ssa.Value) bool {
	return path.Variable(addr, nil) || in.fixed(addr)
}

// fixed reports whether addr is a field that is set when its object is made
// alone.
func (in *inspection) fixed(addr ssa.Value) bool {
	a, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	_, local := path.Root(a).(*ssa.Alloc)
	return !local && !in.assigned[field(a)]
}

// body returns the source of the function that a call certainly calls, if it is
// in this package.
func body(c *ssa.CallCommon) *ssa.Function {
	f := c.StaticCallee()
	if f == nil {
		return nil
	}
	if origin := f.Origin(); origin != nil {
		f = origin
	}
	if len(f.Blocks) == 0 {
		return nil
	}
	return f
}

// reached yields f and the functions of its package that it calls, directly and
// through others. With all it yields the ones that run as goroutines and the
// closures, too.
func reached(f *ssa.Function, all bool) iter.Seq[*ssa.Function] {
	return func(yield func(*ssa.Function) bool) {
		seen := map[*ssa.Function]bool{}
		for work := []*ssa.Function{f}; len(work) > 0; {
			f := work[len(work)-1]
			work = work[:len(work)-1]
			if seen[f] {
				continue
			}
			seen[f] = true
			if !yield(f) {
				return
			}
			if all {
				work = append(work, f.AnonFuncs...)
			}
			for call := range each[ssa.CallInstruction](f) {
				_, parallel := call.(*ssa.Go)
				if callee := body(call.Common()); callee != nil && (all || !parallel) {
					work = append(work, callee)
				}
			}
		}
	}
}

// does reports whether a function, or one that it reaches, has a call of which
// is says so.
func does(f *ssa.Function, is func(*ssa.CallCommon) bool) bool {
	for f := range reached(f, true) {
		for call := range each[ssa.CallInstruction](f) {
			if is(call.Common()) {
				return true
			}
		}
	}
	return false
}

// each yields the instructions of a function that are of one kind.
func each[I ssa.Instruction](f *ssa.Function) iter.Seq[I] {
	return func(yield func(I) bool) {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if of, ok := in.(I); ok && !yield(of) {
					return
				}
			}
		}
	}
}

// before yields the instructions of one kind from which some path leads to
// another instruction.
func before[I ssa.Instruction](to ssa.Instruction) iter.Seq[I] {
	return func(yield func(I) bool) {
		for in := range each[I](to.Parent()) {
			if reaches(in, to) && !yield(in) {
				return
			}
		}
	}
}

// reaches reports whether some path leads from one instruction to another.
func reaches(from, to ssa.Instruction) bool {
	if in := from.Block().Instrs; from.Block() == to.Block() && slices.Index(in, from) <= slices.Index(in, to) {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{}
	work := append([]*ssa.BasicBlock{}, from.Block().Succs...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == to.Block() {
			return true
		}
		if !seen[b] {
			seen[b] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

// inLoop reports whether some path leads from an instruction back to it.
func inLoop(in ssa.Instruction) bool {
	return slices.ContainsFunc(in.Block().Succs, func(b *ssa.BasicBlock) bool {
		return b == in.Block() || reaches(b.Instrs[0], in)
	})
}
