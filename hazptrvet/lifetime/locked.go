package lifetime

import (
	"fmt"
	"go/constant"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Locked finds locks that are held where a reclaim function may be called that
// takes them, or where Options.Close is waited for that does.
var Locked = packageAnalyzer("locked", `report calls that may reclaim under a lock which a reclaim function takes

Store, Reload, Drain and Shutdown of a live.Value may wait for its
Options.Close, which waits for a lock that their caller holds. With
Config.ReclaimInline, Release, Clear, Close, RetireIn, and a Pointer's Do and
Replace, may call reclaim functions of the domain. One that takes a lock which
the caller holds waits for its own caller, for ever.`, lockedCalls)

// endings has the functions that end protections.
var endings = map[string]bool{"hazptr.Guard.Release": true, "hazptr.Holder.Clear": true, "hazptr.Holder.Close": true}

func lockedCalls(in *inspection) {
	w := &lockedLook{inspection: in, reclaiming: map[*ssa.Function]bool{}}
	for _, f := range in.all {
		for call := range each[ssa.CallInstruction](f) {
			w.reclaims(call)
		}
	}
	for _, f := range in.functions {
		if w.reclaiming[f] {
			continue // it reclaims nothing inline
		}
		for call := range each[*ssa.Call](f) {
			w.lock(call)
		}
	}
}

type lockedLook struct {
	*inspection
	reclaiming map[*ssa.Function]bool // reclaim functions, and what they call
	takings    []taking
}

// closers has the methods that may wait until replaced values are closed.
var closers = map[string]bool{
	"live.Value.Store": true, "live.Value.Reload": true, "live.Value.Drain": true, "live.Value.Shutdown": true, "live.Pool.Shutdown": true,
}

// A taking is a lock that a reclaim function takes in a domain that reclaims
// inline, or the Close of a Value or Pool.
type taking struct {
	domain *ssa.Call           // of NewDomain, or what has made the Value
	value  bool                // it is a Value's or a Pool's
	retire ssa.CallInstruction // that gives the function to the domain
	lock   *types.Var
	write  bool
}

// lockOf returns the lock that a call is a method of, and the method's name.
func lockOf(c *ssa.CallCommon) (lock *types.Var, method string) {
	for _, kind := range []string{"sync.Mutex.", "sync.RWMutex."} {
		if method, ok := strings.CutPrefix(api.Name(c), kind); ok {
			return lockAt(c.Args[0]), method
		}
	}
	return nil, ""
}

// lockAt returns the field or package-level variable that a pointer to a lock
// is the address of, or was loaded from, or nil.
func lockAt(pointer ssa.Value) *types.Var {
	if from := path.Loaded(pointer); from != nil {
		pointer = from
	}
	return variable(pointer)
}

// domain returns the call that has made a domain, if it reclaims inline.
func (w *lockedLook) domain(v ssa.Value) *ssa.Call {
	if made, ok := w.origin(v).(*ssa.Call); ok && api.Name(&made.Call) == "hazptr.NewDomain" && w.inline(made.Call.Args[0]) {
		return made
	}
	return nil
}

// inline reports whether a Config has ReclaimInline set to true, and to nothing
// else.
func (w *lockedLook) inline(config ssa.Value) bool {
	flag, _ := w.option(config, "ReclaimInline")
	c, ok := flag.(*ssa.Const)
	return ok && constant.BoolVal(c.Value)
}

// retires returns the domain that a call retires in, if it reclaims inline.
func (w *lockedLook) retires(c *ssa.CallCommon) *ssa.Call {
	name := api.Name(c)
	switch {
	case name == "hazptr.RetireIn":
		return w.domain(c.Args[0])
	case replaces[name], name == doName:
		domain, _ := w.domainOf(c.Args[0])
		return domain
	case closers[name]:
		return w.madeBy(c.Args[0])
	}
	return nil
}

// domainOf returns the domain of a Pointer, or nil if it does not reclaim
// inline. It reports whether it knows.
func (w *lockedLook) domainOf(p ssa.Value) (domain *ssa.Call, known bool) {
	m, ok := w.makingOf(p)
	if !ok {
		return nil, false
	}
	d, known := w.option(m.config, "Domain")
	if d == nil {
		return nil, known
	}
	return w.domain(d), true
}

// makingOf returns the making of a Pointer, if the package has only one.
func (w *lockedLook) makingOf(p ssa.Value) (m making, ok bool) {
	if made, isCall := w.origin(p).(*ssa.Call); isCall {
		return makes(made)
	}
	p = captured(p)
	for _, f := range w.all {
		for call := range each[ssa.CallInstruction](f) {
			if api.Name(call.Common()) != "hazptr.Pointer.Init" {
				continue
			}
			if at := captured(call.Common().Args[0]); at == p || variable(at) != nil && variable(at) == variable(p) {
				if ok {
					return making{}, false
				}
				m, ok = makes(call)
			}
		}
	}
	return m, ok
}

// reclaims notes which locks the reclaim function takes that a call hands to a
// domain. A lock of the object itself is left out: what others hold is another
// object's.
func (w *lockedLook) reclaims(retire ssa.CallInstruction) {
	given, domain := w.givenBy(retire)
	if given == nil {
		return
	}
	reclaim := function(w.origin(given))
	if reclaim == nil || len(reclaim.Params) == 0 {
		return
	}
	_, value := makings[api.Name(retire.Common())]
	// A Pool's Close gets the key too.
	object := map[ssa.Value]bool{reclaim.Params[len(reclaim.Params)-1]: true}
	for f := range reached(reclaim, false) {
		w.reclaiming[f] = true
		for call := range each[ssa.CallInstruction](f) {
			c := call.Common()
			if callee := body(c); callee != nil {
				for i, a := range c.Args {
					if object[w.set(a)] {
						object[callee.Params[i]] = true
					}
				}
			}
			_, parallel := call.(*ssa.Go)
			lock, method := lockOf(c)
			if domain != nil && lock != nil && !parallel && (method == "Lock" || method == "RLock") && !object[w.set(path.Root(c.Args[0]))] {
				w.takings = append(w.takings, taking{domain, value, retire, lock, method == "Lock"})
			}
		}
	}
}

// givenBy returns the reclaim function that a call gives to a domain, and the
// domain if it reclaims inline.
func (w *lockedLook) givenBy(call ssa.CallInstruction) (reclaim ssa.Value, domain *ssa.Call) {
	c := call.Common()
	if _, ok := retired[api.Name(c)]; ok {
		return c.Args[len(c.Args)-1], w.retires(c)
	}
	if end, _ := w.closes(c); end != nil {
		domain, _ = call.(*ssa.Call)
		return end, domain
	}
	m, ok := makes(call)
	if !ok {
		return nil, nil
	}
	reclaim, _ = w.option(m.config, "Reclaim")
	if d, _ := w.option(m.config, "Domain"); d != nil {
		domain = w.domain(d)
	}
	return reclaim, domain
}

// lock follows a lock from where it is taken, if it is one that reclaim
// functions wait for.
func (w *lockedLook) lock(call *ssa.Call) {
	held := &heldWalk{lockedLook: w, taken: call}
	var method string
	switch held.lock, method = lockOf(&call.Call); method {
	case "Lock":
		held.giver = "Unlock"
	case "RLock":
		held.giver = "RUnlock"
	default:
		return
	}
	for _, t := range w.takings {
		if t.lock == held.lock && (t.write || method == "Lock") {
			held.waiting = append(held.waiting, t)
		}
	}
	if len(held.waiting) == 0 || held.escapes() {
		return
	}
	var s path.State
	for d := range before[*ssa.Defer](call) {
		if d.Block().Dominates(call.Block()) && !held.deferred(&s, d) {
			return
		}
	}
	walk := &path.Walk{Step: held.step, Stable: w.stable}
	walk.After(call, s)
}

type heldWalk struct {
	*lockedLook
	taken   *ssa.Call
	lock    *types.Var
	giver   string   // the method that gives the lock back
	waiting []taking // the ones that wait for the lock
}

func (w *heldWalk) step(s *path.State, in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.Defer:
		return w.deferred(s, in)
	case *ssa.RunDefers:
		for _, d := range slices.Backward(s.Sites) {
			if !w.call(d.(*ssa.Defer)) {
				return false
			}
		}
	case ssa.CallInstruction:
		return w.call(in)
	}
	return true
}

// deferred remembers the deferred calls that matter.
func (w *heldWalk) deferred(s *path.State, d *ssa.Defer) bool {
	risky, _ := w.risk(d)
	if risky == nil && !w.gives(&d.Call) || slices.Contains(s.Sites, ssa.Instruction(d)) {
		return true
	}
	s.Sites = append(s.Sites, d)
	return len(s.Sites) < mostNotes
}

// call reports a call that may reclaim. It returns false where the lock may be
// given back.
func (w *heldWalk) call(in ssa.CallInstruction) bool {
	if w.gives(in.Common()) {
		return false
	}
	inside := w.literals(in)
	for _, f := range inside {
		for inner := range each[ssa.CallInstruction](f) {
			if d, ok := inner.(*ssa.Defer); !ok || d.DeferStack == nil {
				w.call(inner)
			}
		}
	}
	risky, t := w.risk(in)
	if risky == nil || risky != in && len(inside) > 0 {
		return true
	}
	what := method(risky)
	if risky != in {
		what = fmt.Sprintf("%s calls %s at %s, which", method(in), what, w.place(risky, in))
	}
	if t.value {
		w.diagnose(in.Pos(),
			fmt.Sprintf("%s may wait here until replaced values are closed, and the Close given at %s takes %s, which is held since line %d: each waits for the other; call it before the lock is taken, or after it is given back",
				what, w.place(t.retire, in), w.lock.Name(), w.line(w.taken)),
			see(w.taken, "held since here"), see(t.retire, "Close is given here"))
		return true
	}
	w.diagnose(in.Pos(),
		fmt.Sprintf("%s may call reclaim functions here (Config.ReclaimInline), and the one given to the domain at %s takes %s, which is held since line %d: it waits for its own caller, for ever; call it before the lock is taken, or after it is given back",
			what, w.place(t.retire, in), w.lock.Name(), w.line(w.taken)),
		see(w.taken, "held since here"), see(t.retire, "the function is given to the domain here"))
	return true
}

// literals returns the function literal that a call calls, directly or by Do,
// or the bodies of loops over functions.
func (w *heldWalk) literals(in ssa.CallInstruction) (fs []*ssa.Function) {
	if _, parallel := in.(*ssa.Go); parallel {
		return nil
	}
	c := in.Common()
	if f := body(c); f != nil && api.Callee(c) == nil {
		fs = append(fs, f)
	}
	_, do := dos[api.Name(c)]
	for _, a := range c.Args {
		if f := function(w.set(a)); f != nil && (f.Synthetic == "range-over-func yield" || do) {
			fs = append(fs, f)
		}
	}
	return fs
}

// place tells where an instruction is, for a message about another one.
func (w *heldWalk) place(at, from ssa.Instruction) string {
	p := w.pass.Fset.Position(at.Pos())
	if p.Filename == w.pass.Fset.Position(from.Pos()).Filename {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
}

// gives reports whether a call may give the lock back.
func (w *heldWalk) gives(c *ssa.CallCommon) bool {
	is := func(c *ssa.CallCommon) bool {
		lock, method := lockOf(c)
		return lock == w.lock && method == w.giver
	}
	callee := body(c)
	if is(c) || callee != nil && does(callee, is) {
		return true
	}
	name := api.Name(c)
	if strings.HasPrefix(name, "hazptr.") && name != doName {
		return false
	}
	// A function value may be one that gives the lock back.
	unknown := name == "" && callee == nil || slices.ContainsFunc(c.Args, func(a ssa.Value) bool {
		_, is := a.Type().Underlying().(*types.Signature)
		return is
	})
	return unknown && slices.ContainsFunc(w.taken.Parent().AnonFuncs, func(f *ssa.Function) bool { return does(f, is) })
}

// escapes reports whether the function of the walk uses the lock otherwise than
// by calling its methods: then others may give it back.
func (w *heldWalk) escapes() bool {
	for in := range each[ssa.Instruction](w.taken.Parent()) {
		if call, ok := in.(ssa.CallInstruction); ok {
			if lock, _ := lockOf(call.Common()); lock == w.lock {
				continue
			}
		}
		if v, ok := in.(ssa.Value); ok && path.Loaded(v) != nil {
			continue
		}
		if slices.ContainsFunc(in.Operands(nil), func(v *ssa.Value) bool { return *v != nil && lockAt(*v) == w.lock }) {
			return true
		}
	}
	return false
}

// risk returns the call that may reclaim: this one, or one in the function that
// it calls. And what waits for the lock then.
func (w *heldWalk) risk(in ssa.CallInstruction) (ssa.CallInstruction, *taking) {
	if _, parallel := in.(*ssa.Go); parallel {
		return nil, nil
	}
	if t := w.waits(in.Common()); t != nil {
		return in, t
	}
	callee := body(in.Common())
	if callee == nil || strings.HasPrefix(api.Name(in.Common()), "hazptr.") {
		return nil, nil
	}
	for f := range reached(callee, false) {
		for call := range each[ssa.CallInstruction](f) {
			_, parallel := call.(*ssa.Go)
			if t := w.waits(call.Common()); t != nil && !parallel && call.Pos().IsValid() {
				return call, t
			}
		}
	}
	return nil, nil
}

// waits returns what a call may call that waits for the lock.
func (w *heldWalk) waits(c *ssa.CallCommon) *taking {
	name := api.Name(c)
	all := endings[name]
	if name == doName {
		_, known := w.domainOf(c.Args[0])
		all = !known
	}
	domain := w.retires(c)
	for i, t := range w.waiting {
		if all && !t.value || t.domain == domain {
			return &w.waiting[i]
		}
	}
	return nil
}
