package lifetime

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Reclaim finds reclaim functions that wait for themselves.
var Reclaim = packageAnalyzer("reclaim", `report reclaim functions that wait for their own domain

Barrier, Flush and Close wait until reclaim functions have returned: called by
one of the same domain they wait for their caller. So do srcu's Barrier and
Close in a callback.`, reclaimFunctions)

// waits has the methods of a domain that wait for its functions.
var waits = map[string]bool{
	"hazptr.Domain.Barrier": true, "hazptr.Domain.Flush": true, "hazptr.Domain.Close": true,
	"srcu.Domain.Barrier": true, "srcu.Domain.Close": true,
}

const defaultDomain = "hazptr.Default()"

func reclaimFunctions(in *inspection) {
	for _, f := range in.all {
		for call := range each[ssa.CallInstruction](f) {
			c := call.Common()
			w := &reclaimLook{naming: naming{inspection: in, changes: func(f *types.Var) bool { return in.assigned[f] }}, retire: call}
			switch api.Name(c) {
			case "hazptr.Retire":
				w.domain = defaultDomain
				w.look(c.Args[1])
			case "hazptr.RetireIn", "srcu.Domain.Call":
				w.domain = w.name(c.Args[0])
				w.look(c.Args[len(c.Args)-1])
			}
			if m, ok := makes(call); ok {
				w.pointer(m)
			}
		}
	}
}

type reclaimLook struct {
	naming
	retire ssa.CallInstruction
	domain string
}

// pointer looks at the reclaim function that a Pointer is made with.
func (w *reclaimLook) pointer(m making) {
	reclaim, _ := w.option(m.config, "Reclaim")
	domain, known := w.option(m.config, "Domain")
	switch {
	case reclaim == nil || !known:
		return
	case domain == nil:
		w.domain = defaultDomain
	default:
		w.domain = w.name(domain)
	}
	w.look(reclaim)
}

// set returns what a variable that is set once was set to, in its own function
// or one around it.
func (in *inspection) set(v ssa.Value) ssa.Value {
	for range longest {
		if change, ok := v.(*ssa.ChangeType); ok {
			v = change.X
			continue
		}
		address := captured(path.Loaded(v))
		value := setOnce(address)
		if value == nil || !path.Variable(address, nil) {
			break
		}
		v = value
	}
	return v
}

// origin returns what a variable, a field or the result of a function was set
// to, if that is the only value in the package.
func (in *inspection) origin(v ssa.Value) ssa.Value {
	for range longest {
		v = in.set(v)
		if call, ok := v.(*ssa.Call); ok && !strings.HasPrefix(api.Name(&call.Call), "hazptr.") {
			if v = result(body(&call.Call)); v == nil {
				return call
			}
			continue
		}
		stores := in.stores[variable(path.Loaded(v))]
		if len(stores) != 1 {
			break
		}
		v = stores[0].Val
	}
	return v
}

// result returns what the only return statement of a function returns, or nil.
func result(f *ssa.Function) (v ssa.Value) {
	if f == nil {
		return nil
	}
	for r := range each[*ssa.Return](f) {
		if v != nil || len(r.Results) != 1 {
			return nil
		}
		v = r.Results[0]
	}
	return v
}

// Variables that are set to one another. Beyond, it may be a circle.
const longest = 16

// captured returns the variable that a closure has got as its own, or the
// address itself.
func captured(address ssa.Value) ssa.Value {
	for inner, ok := address.(*ssa.FreeVar); ok; inner, ok = address.(*ssa.FreeVar) {
		f := inner.Parent()
		if f.Parent() == nil {
			break // of a method value, which has its receiver so
		}
		for made := range each[*ssa.MakeClosure](f.Parent()) {
			if made.Fn == f {
				address = made.Bindings[slices.Index(f.FreeVars, inner)]
			}
		}
		if address == inner {
			break
		}
	}
	return address
}

// function returns the function that a value is, or nil.
func function(v ssa.Value) *ssa.Function {
	if made, ok := v.(*ssa.MakeClosure); ok {
		v = made.Fn
	}
	f, ok := v.(*ssa.Function)
	if ok && f.Origin() != nil {
		f = f.Origin()
	}
	return f
}

// setOnce returns what the only assignment sets a local variable to, or nil.
func setOnce(address ssa.Value) ssa.Value {
	variable, ok := address.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var value ssa.Value
	for _, user := range *variable.Referrers() {
		if store, ok := user.(*ssa.Store); ok {
			if value != nil {
				return nil
			}
			value = store.Val
		}
	}
	return value
}

// look reports the calls in a reclaim function that wait for its domain.
func (w *reclaimLook) look(given ssa.Value) {
	for call := range w.calls(given) {
		if waits[api.Name(call.Common())] && w.name(call.Common().Args[0]) == w.domain {
			w.diagnose(call.Pos(),
				fmt.Sprintf("%s waits for the functions of its domain, of which this is one (line %d): it waits for itself; call it elsewhere, or retire in another domain",
					method(call), w.line(w.retire)),
				see(w.retire, "the function is given to the domain here"))
		}
	}
}
