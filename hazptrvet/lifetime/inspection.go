package lifetime

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// An inspection is one analyzer's look at one package.
type inspection struct {
	pass      *analysis.Pass
	functions []*ssa.Function
	ignored   ignored
	assigned  map[*types.Var]bool // fields that are assigned, or have their address taken, other than in an object that is being made
	reported  map[token.Pos]bool
}

func newInspection(pass *analysis.Pass) *inspection {
	in := &inspection{
		pass:      pass,
		functions: pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs,
		ignored:   ignores(pass),
		assigned:  map[*types.Var]bool{},
		reported:  map[token.Pos]bool{},
	}
	for _, f := range in.functions {
		for instruction := range instructions(f) {
			if a, ok := instruction.(*ssa.FieldAddr); ok && !onlyLoaded(a) {
				if _, fresh := path.Root(a.X).(*ssa.Alloc); !fresh {
					in.assigned[field(a)] = true
				}
			}
		}
	}
	return in
}

func onlyLoaded(a *ssa.FieldAddr) bool {
	for _, user := range *a.Referrers() {
		if load, ok := user.(*ssa.UnOp); !ok || load.Op != token.MUL {
			return false
		}
	}
	return true
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

// line tells where something is, for a message about another place.
func (in *inspection) line(pos token.Pos) int { return in.pass.Fset.Position(pos).Line }

// stable tells path.Walk what keeps its value: variables whose address nobody has, and fields that are set when their object is made.
func (in *inspection) stable(method func(*ssa.CallCommon) bool) func(ssa.Value) bool {
	known := map[ssa.Value]bool{}
	return func(addr ssa.Value) bool {
		stable, ok := known[addr]
		if !ok {
			stable = path.Variable(addr, method)
			if a, isField := addr.(*ssa.FieldAddr); isField && !stable {
				_, local := path.Root(a).(*ssa.Alloc)
				stable = !local && !in.assigned[field(a)]
			}
			known[addr] = stable
		}
		return stable
	}
}

// body returns the source of the function that a call certainly calls, if it is in this package.
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

// does reports whether a function, or one of this package that it calls, has a call of which is says so.
func does(f *ssa.Function, is func(name string, c *ssa.CallCommon) bool) bool {
	return doesWithin(f, is, map[*ssa.Function]bool{}, true)
}

func doesWithin(f *ssa.Function, is func(string, *ssa.CallCommon) bool, seen map[*ssa.Function]bool, closures bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	for instruction := range instructions(f) {
		call, ok := instruction.(ssa.CallInstruction)
		if !ok {
			continue
		}
		if is(api.Name(call.Common()), call.Common()) {
			return true
		}
		if callee := body(call.Common()); callee != nil && doesWithin(callee, is, seen, closures) {
			return true
		}
	}
	if closures {
		for _, inner := range f.AnonFuncs {
			if doesWithin(inner, is, seen, closures) {
				return true
			}
		}
	}
	return false
}

// instructions yields those of a function.
func instructions(f *ssa.Function) func(func(ssa.Instruction) bool) {
	return func(yield func(ssa.Instruction) bool) {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if !yield(in) {
					return
				}
			}
		}
	}
}

// reaches reports whether some path leads from one instruction to another.
func reaches(from, to ssa.Instruction) bool {
	if from.Block() == to.Block() {
		for _, in := range from.Block().Instrs {
			if in == from {
				return true
			}
			if in == to {
				break
			}
		}
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
	for _, b := range in.Block().Succs {
		if b == in.Block() || reaches(b.Instrs[0], in) {
			return true
		}
	}
	return false
}
