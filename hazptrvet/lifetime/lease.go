package lifetime

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// A lease is a value that must be given back once: a Guard, a token, a
// live.Lease. It is what a call returns, or the first of its results: then the
// second is an error, and where that is not nil there is nothing to give back.
type lease struct {
	taken map[string]bool
	used  map[string]bool // methods that leave it as it is

	giver    string // the function that it is given back to
	argument int    // of the giver

	// variable: giving back sets the variable to nothing, and is done through
	// its address.
	variable bool

	// Messages. HOW is how it is to be given back, LINE another place.
	never, lost, path, twice, over, after string

	remedy func(call *ast.CallExpr, name string) string
}

const (
	held = iota
	given
)

func (l *lease) look(in *inspection, f *ssa.Function) {
	for call := range each[*ssa.Call](f) {
		if l.taken[api.Name(&call.Call)] {
			(&leaseWalk{lease: l, inspection: in, origin: call}).run()
		}
	}
}

// gives returns what a call gives back, or nil.
func (l *lease) gives(c *ssa.CallCommon) ssa.Value {
	if api.Name(c) != l.giver {
		return nil
	}
	return c.Args[l.argument]
}

// receiver reports whether a call is of a method of the lease's own type, whose
// receiver is a variable. A closure that has the variable may give it back.
func (l *lease) receiver(c *ssa.CallCommon) bool {
	return l.variable && (l.gives(c) != nil || l.used[api.Name(c)])
}

type leaseWalk struct {
	*lease
	*inspection
	origin    *ssa.Call
	atExit    map[string]bool // variables that a defer before may give back
	escapes   bool
	givenBack bool
	leaks     []ssa.Instruction // where paths end
	lostAt    []ssa.Instruction

	// The first giving back, by the second.
	doubles map[ssa.Instruction]ssa.Instruction

	// Stores of something else to its only variable.
	overs []*ssa.Store

	// The giving back, by the use after it.
	late map[ssa.Instruction]ssa.Instruction
}

// stable regards variables of the lease's type too, but none that a closure
// has.
func (w *leaseWalk) stable(addr ssa.Value) bool {
	return path.Variable(addr, w.receiver) || w.fixed(addr) || isErrorAt(addr)
}

// isErrorAt reports whether an address is that of an error. Another function
// that has the variable is taken not to set it before it is looked at.
func isErrorAt(addr ssa.Value) bool {
	return types.Identical(pointee(addr.Type()), types.Universe.Lookup("error").Type())
}

// hasError reports whether an error comes with the value.
func (w *leaseWalk) hasError() bool { return w.origin.Call.Signature().Results().Len() == 2 }

// begin returns what is known behind the origin: the names of the value and of
// its error, which is the Owner.
func (w *leaseWalk) begin() path.State {
	if w.hasError() {
		return path.State{Held: path.Set{path.Element(w.origin, 0)}, Owner: path.Set{path.Element(w.origin, 1)}, Phase: held}
	}
	return path.State{Held: path.Set{path.Register(w.origin)}, Phase: held}
}

// isOrigin reports whether v is the value itself, as its call returns it.
func (w *leaseWalk) isOrigin(v ssa.Value) bool {
	if result, ok := v.(*ssa.Extract); ok && result.Index == 0 {
		v = result.Tuple
	}
	return v == w.origin
}

func (w *leaseWalk) run() {
	w.doubles, w.late = map[ssa.Instruction]ssa.Instruction{}, map[ssa.Instruction]ssa.Instruction{}
	w.atExit = map[string]bool{}
	for d := range before[*ssa.Defer](w.origin) {
		if v := w.gives(&d.Call); v != nil && w.variable {
			w.atExit[path.Place(v)] = true
		}
	}
	walk := &path.Walk{Step: w.step, Branch: w.branch, Stable: w.stable}
	w.tell(walk.After(w.origin, w.begin()))
}

// name of what a call gives back: its variable, or its value.
func (w *leaseWalk) name(v ssa.Value) string {
	if w.variable {
		return path.Place(v)
	}
	return path.Register(v)
}

func (w *leaseWalk) step(s *path.State, in ssa.Instruction) bool {
	if len(s.Held) == 0 {
		if s.Phase == held && len(s.Sites) == 0 {
			w.lostAt = append(w.lostAt, in)
		}
		return false
	}
	switch in := in.(type) {
	case *ssa.DebugRef, *ssa.Phi, *ssa.Panic, *ssa.ChangeType:
		return true
	case *ssa.Store:
		switch {
		case !w.variable:
		case s.Phase == held && w.isLast(s, in):
			w.overwritten(in)
			return false
		case s.Holds(in.Val) && w.isOrigin(in.Val):
			w.kept(in)
		}
		s.Notes = s.Notes.Without(path.Place(in.Addr))
		if w.failing(s, in) {
			return w.escape()
		}
		if s.Holds(in.Val) && !w.stable(in.Addr) {
			return w.escape()
		}
		return true
	case *ssa.RunDefers:
		return w.exit(s)
	case *ssa.Return:
		if w.uses(s, in) {
			return w.escape()
		}
		if s.Phase == held && !w.left(s) {
			w.leaks = append(w.leaks, in)
		}
		return false
	case ssa.CallInstruction:
		if v := w.gives(in.Common()); v != nil && s.Held.Has(w.name(v)) {
			return w.give(s, in, v)
		}
		if w.used[api.Name(in.Common())] {
			return w.use(s, in)
		}
	}
	if w.uses(s, in) || w.failing(s, in) {
		return w.escape()
	}
	return true
}

// failing reports whether an instruction gives the error on, of a call that is
// made for its error alone: a test that wants it to fail.
func (w *leaseWalk) failing(s *path.State, in ssa.Instruction) bool {
	if !w.hasError() || slices.ContainsFunc(*w.origin.Referrers(), func(user ssa.Instruction) bool {
		result, ok := user.(*ssa.Extract)
		return ok && result.Index == 0 && len(*result.Referrers()) > 0
	}) {
		return false
	}
	switch in := in.(type) {
	case ssa.CallInstruction:
		if name := api.Name(in.Common()); ofErrors[name] || isPrinting(name) {
			return false
		}
	case *ssa.Store:
		if _, element := in.Addr.(*ssa.IndexAddr); !element || !isErrorAt(in.Addr) {
			return false
		}
	default:
		return false
	}
	return slices.ContainsFunc(in.Operands(nil), func(v *ssa.Value) bool { return *v != nil && s.Owner.Has(path.Register(*v)) })
}

// use looks at a call of a method that leaves the value as it is. Notes has the
// variables that the value was given back from.
func (w *leaseWalk) use(s *path.State, in ssa.CallInstruction) bool {
	at := path.Place(in.Common().Args[0])
	_, now := in.(*ssa.Call)
	if w.after == "" || !now || s.Phase != given || !s.Notes.Has(at) && !s.Held.Has(at) {
		return true
	}
	w.late[in] = s.Sites[0]
	return false
}

// escape ends a path on which the value is out of sight.
func (w *leaseWalk) escape() bool {
	w.escapes = true
	return false
}

// uses reports whether an instruction has the value among its operands.
func (w *leaseWalk) uses(s *path.State, in ssa.Instruction) bool {
	return slices.ContainsFunc(in.Operands(nil), func(v *ssa.Value) bool { return *v != nil && s.Holds(*v) })
}

func (w *leaseWalk) give(s *path.State, in ssa.CallInstruction, v ssa.Value) bool {
	w.givenBack = true
	if _, parallel := in.(*ssa.Go); parallel {
		return w.escape()
	}
	if d, later := in.(*ssa.Defer); later && w.variable {
		if d.DeferStack != nil { // of the function that ranges over this one
			return w.escape()
		}
		s.Sites = append(s.Sites, in)
		return len(s.Sites) < 8
	}
	return w.end(s, in, v)
}

// end gives the value back, which must not have been given back before.
func (w *leaseWalk) end(s *path.State, in ssa.CallInstruction, v ssa.Value) bool {
	if s.Phase == given {
		w.doubles[in] = s.Sites[0]
		return false
	}
	s.Phase = given
	s.Sites = append([]ssa.Instruction{in}, s.Sites...)
	if w.variable {
		s.Held = s.Held.Without(path.Place(v))
		s.Notes = s.Notes.With(path.Place(v))
	}
	return true
}

// exit runs the deferred calls that give variables back.
func (w *leaseWalk) exit(s *path.State) bool {
	if !w.variable {
		return true
	}
	for _, site := range slices.Backward(s.Sites) {
		if d, ok := site.(*ssa.Defer); ok {
			if v := w.gives(&d.Call); s.Held.Has(path.Place(v)) && !w.end(s, d, v) {
				return false
			}
		}
	}
	return true
}

// left reports whether a variable that holds the value is given back by a defer
// that stands before the origin.
func (w *leaseWalk) left(s *path.State) bool {
	return slices.ContainsFunc(s.Held, func(name string) bool { return w.atExit[name] })
}

// branch knows that a nil pointer needs no giving back, nor does what came with
// an error.
func (w *leaseWalk) branch(s *path.State, f path.Fact) bool {
	if goOn, known := w.failed(s, f); known {
		return goOn
	}
	if !f.Is || f.Y == nil || !isNil(f.X) && !isNil(f.Y) {
		return true
	}
	for _, v := range []ssa.Value{f.X, f.Y} {
		if api.Name(&w.origin.Call) == "hazptr.Keep" && v == w.origin.Call.Args[0] {
			return false
		}
		if call, ok := v.(*ssa.Call); ok && w.used[api.Name(&call.Call)] && len(call.Call.Args) > 0 && s.Held.Has(path.Place(call.Call.Args[0])) {
			return false
		}
	}
	return true
}

// ofErrors has the functions that are false for a nil error. Only errors.Is is
// true for it where it looks for nil.
var ofErrors = map[string]bool{
	"errors.Is": true, "errors.As": true, "errors.AsType": true,
	"os.IsExist": true, "os.IsNotExist": true, "os.IsPermission": true, "os.IsTimeout": true,
}

// failed looks at a branch that asks for the error. What another function makes
// of an error is not known: the value is out of sight then.
func (w *leaseWalk) failed(s *path.State, f path.Fact) (goOn, known bool) {
	if !w.hasError() {
		return false, false
	}
	isError := func(v ssa.Value) bool { return s.Owner.Has(path.Register(v)) }
	for _, sides := range [][2]ssa.Value{{f.X, f.Y}, {f.Y, f.X}} {
		v, other := sides[0], sides[1]
		if v == nil {
			continue
		}
		if isError(v) {
			return f.Is == isNil(other), true
		}
		if result, ok := v.(*ssa.Extract); ok {
			v = result.Tuple
		}
		if call, ok := v.(*ssa.Call); ok && slices.ContainsFunc(call.Call.Args, isError) {
			if f.Y == nil && ofErrors[api.Name(&call.Call)] && !slices.ContainsFunc(call.Call.Args, isNil) {
				return !f.Is, true
			}
			return w.escape(), true
		}
	}
	return false, false
}

func (w *leaseWalk) tell(complete bool) {
	for _, store := range w.overs {
		w.diagnose(store.Pos(), strings.ReplaceAll(w.over, "LINE", strconv.Itoa(w.line(w.origin))), see(w.origin, "acquired here"))
	}
	for second, first := range w.doubles {
		w.diagnose(second.Pos(), strings.ReplaceAll(w.twice, "LINE", strconv.Itoa(w.line(first))), see(first, "the first time"))
	}
	for use, first := range w.late {
		w.diagnose(use.Pos(), strings.ReplaceAll(w.after, "LINE", strconv.Itoa(w.line(first))), see(first, "released here"))
	}
	if !complete || len(w.leaks)+len(w.lostAt) == 0 {
		return
	}
	d := analysis.Diagnostic{Pos: w.origin.Pos()}
	expression, statement := w.syntax()
	if expression != nil {
		d.Pos = expression.Pos()
	}
	variable := assigned(statement.Node(), expression)
	how := w.remedy(expression, variable)
	switch {
	case len(w.lostAt) > 0:
		d.Message = strings.ReplaceAll(w.lost, "HOW", how)
	case !w.givenBack && !w.escapes:
		d.Message = strings.ReplaceAll(w.never, "HOW", how)
		d.SuggestedFixes = w.fixes(expression, statement, variable, how)
	default:
		d.Message = strings.ReplaceAll(strings.ReplaceAll(w.path, "HOW", how), "LINE", strconv.Itoa(w.line(w.leaks[0])))
	}
	w.report(d)
}

// syntax returns the call that took the lease and the statement that it is in,
// which may be missing.
func (w *leaseWalk) syntax() (call *ast.CallExpr, statement inspector.Cursor) {
	syntax := w.pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	paren := w.origin.Pos()
	at, ok := syntax.FindByPos(paren, paren+1)
	if !ok {
		return nil, syntax
	}
	call, _ = at.Node().(*ast.CallExpr)
	for statement := range at.Enclosing() {
		if _, ok := statement.Node().(ast.Stmt); ok {
			return call, statement
		}
	}
	return nil, syntax
}

// assigned returns the variable that "v := call" or "v, err := call" sets, or
// "".
func assigned(statement ast.Node, call *ast.CallExpr) string {
	if s, ok := statement.(*ast.AssignStmt); ok && len(s.Lhs) <= 2 && len(s.Rhs) == 1 && ast.Unparen(s.Rhs[0]) == call {
		if name, ok := s.Lhs[0].(*ast.Ident); ok && name.Name != "_" {
			return name.Name
		}
	}
	return ""
}

// fixes defers the giving back, where the statement is one of the function's
// own block: in a loop it would come too late, after an if too early.
func (w *leaseWalk) fixes(call *ast.CallExpr, statement inspector.Cursor, variable, how string) []analysis.SuggestedFix {
	if call == nil || !isPath(call.Fun) || inLoop(w.origin) || !isOutermost(statement) {
		return nil
	}
	var edit analysis.TextEdit
	switch s := statement.Node().(type) {
	case *ast.AssignStmt:
		var ok bool
		if variable == "" || s.Tok != token.DEFINE && !w.local(s.Lhs[0].(*ast.Ident)) {
			return nil
		}
		if w.hasError() {
			if statement, ok = asksForError(statement); !ok {
				return nil
			}
		}
		edit = w.insert(statement, how)
	case *ast.ExprStmt:
		if w.variable || ast.Unparen(s.X) != call {
			return nil
		}
		edit = analysis.TextEdit{Pos: s.Pos(), End: s.End(), NewText: []byte(how)}
	default:
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Add " + how, TextEdits: []analysis.TextEdit{edit}}}
}

// asksForError returns the statement "if err != nil" that stands behind another
// one, if it does.
func asksForError(statement inspector.Cursor) (inspector.Cursor, bool) {
	next, ok := statement.NextSibling()
	if !ok {
		return next, false
	}
	branch, ok := next.Node().(*ast.IfStmt)
	if !ok || branch.Else != nil {
		return next, false
	}
	condition, ok := branch.Cond.(*ast.BinaryExpr)
	return next, ok && condition.Op == token.NEQ && types.ExprString(condition.Y) == "nil"
}

// isOutermost reports whether a statement is one of a function's own block.
func isOutermost(statement inspector.Cursor) bool {
	within := statement.Parent().ParentEdgeKind()
	return within == edge.FuncDecl_Body || within == edge.FuncLit_Body
}

// insert inserts a statement after another one, on a line of its own if there
// is one.
func (w *leaseWalk) insert(statement inspector.Cursor, text string) analysis.TextEdit {
	s := statement.Node()
	file := w.pass.Fset.File(s.Pos())
	line := file.Line(s.End())
	next := statement.Parent().Node().(*ast.BlockStmt).Rbrace
	if other, ok := statement.NextSibling(); ok {
		next = other.Node().Pos()
	}
	if file.Line(next) == line {
		return analysis.TextEdit{Pos: s.End(), End: s.End(), NewText: []byte("; " + text)}
	}
	start := file.LineStart(line + 1)
	indent := strings.Repeat("\t", w.pass.Fset.Position(s.Pos()).Column-1)
	return analysis.TextEdit{Pos: start, End: start, NewText: []byte(indent + text + "\n")}
}

func (w *leaseWalk) local(name *ast.Ident) bool {
	v, ok := w.pass.TypesInfo.Uses[name].(*types.Var)
	return ok && !v.IsField() && v.Parent() != w.pass.Pkg.Scope()
}

// isPath reports whether an expression is names and dots alone, which may be
// written twice.
func isPath(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPath(e.X)
	case *ast.IndexExpr: // of a generic function
		return isPath(e.X)
	}
	return false
}
