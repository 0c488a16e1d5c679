package lifetime

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
	"hazptr/hazptrvet/internal/path"
)

// Reclaim finds reclaim functions that wait for themselves.
var Reclaim = analyzer("reclaim", `report reclaim functions that wait for their own domain

Barrier, Flush and Close wait until reclaim functions have returned: called by one of the same domain they wait for their caller. So do srcu's Barrier and Close
in a callback.`, reclaimFunctions)

// waits has the methods of a domain that wait for its functions.
var waits = map[string]bool{
	"hazptr.Domain.Barrier": true, "hazptr.Domain.Flush": true, "hazptr.Domain.Close": true,
	"srcu.Domain.Barrier": true, "srcu.Domain.Close": true,
}

const defaultDomain = "hazptr.Default()"

func reclaimFunctions(in *inspection, f *ssa.Function) {
	for call := range each[ssa.CallInstruction](f) {
		c := call.Common()
		w := &reclaimLook{inspection: in, retire: call, bound: map[ssa.Value]ssa.Value{}}
		switch api.Name(c) {
		case "hazptr.Retire":
			w.domain = defaultDomain
		case "hazptr.RetireIn", "srcu.Domain.Call":
			w.domain = w.name(c.Args[0])
		case "hazptr.Pointer.Replace":
			w.domain = w.pointers(c.Args[0])
		}
		if w.domain != "" {
			w.look(c.Args[len(c.Args)-1])
		}
	}
}

type reclaimLook struct {
	*inspection
	retire ssa.CallInstruction
	domain string
	bound  map[ssa.Value]ssa.Value // what closures have got as their variables
}

// pointers returns the name of a Pointer's domain, or "".
func (w *reclaimLook) pointers(p ssa.Value) string {
	if call, ok := w.set(p).(*ssa.Call); ok && api.Name(&call.Call) == "hazptr.NewPointer" {
		if c, ok := call.Call.Args[0].(*ssa.Const); ok && c.Value == nil {
			return defaultDomain
		}
		return w.name(call.Call.Args[0])
	}
	switch p.(type) {
	case *ssa.FieldAddr, *ssa.Global, *ssa.Alloc: // a zero Pointer; others can't be copied
		return defaultDomain
	}
	return ""
}

// set returns what a variable that is set once was set to.
func (w *reclaimLook) set(v ssa.Value) ssa.Value {
	address := path.Loaded(v)
	for w.bound[address] != nil {
		address = w.bound[address]
	}
	if value := setOnce(address); value != nil && path.Variable(address, nil) {
		return w.set(value)
	}
	return v
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

// name names a domain, the same in a function and in its closures.
func (w *reclaimLook) name(v ssa.Value) string {
	v = w.set(v)
	if call, ok := v.(*ssa.Call); ok && api.Name(&call.Call) == "hazptr.Default" {
		return defaultDomain
	}
	switch from := path.Loaded(v).(type) {
	case *ssa.FieldAddr:
		if !w.assigned[field(from)] {
			return fmt.Sprintf("%s.%d", w.name(from.X), from.Field)
		}
	case *ssa.Global:
		return path.Register(from)
	}
	return path.Register(v)
}

// look looks at a reclaim function.
func (w *reclaimLook) look(reclaim ssa.Value) {
	for change, ok := reclaim.(*ssa.ChangeType); ok; change, ok = reclaim.(*ssa.ChangeType) {
		reclaim = change.X
	}
	switch f := w.set(reclaim).(type) {
	case *ssa.Function:
		w.function(f)
	case *ssa.MakeClosure:
		inner := f.Fn.(*ssa.Function)
		for i, b := range f.Bindings {
			if i < len(inner.FreeVars) {
				w.bound[inner.FreeVars[i]] = b
			}
		}
		w.function(inner)
	}
}

// function reports the calls in a reclaim function that wait for its domain.
func (w *reclaimLook) function(f *ssa.Function) {
	if f.Origin() != nil {
		f = f.Origin()
	}
	for f := range reached(f, false) {
		for call := range each[ssa.CallInstruction](f) {
			_, parallel := call.(*ssa.Go)
			if parallel || !waits[api.Name(call.Common())] || w.name(call.Common().Args[0]) != w.domain {
				continue
			}
			w.diagnose(call.Pos(),
				fmt.Sprintf("%s waits for the functions of its domain, of which this is one (line %d): it waits for itself; call it elsewhere, or retire in another domain",
					method(call), w.line(w.retire)),
				see(w.retire, "the function is given to the domain here"))
		}
	}
}
