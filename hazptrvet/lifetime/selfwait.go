package lifetime

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
)

// Selfwait finds functions of a Value, Pool or Parsed that wait for themselves.
var Selfwait = packageAnalyzer("selfwait", `report functions of a live.Value, live.Pool or mapped.Parsed that wait for themselves

Drain and Shutdown wait until values are not in use and closed: called in a Do
of the same Value they wait for it until their Context ends. Reload, Drain and
Shutdown panic in the Load and Close of the same Value, which they would wait
for.`, func(in *inspection) {
	for _, f := range in.all {
		for call := range each[ssa.CallInstruction](f) {
			w := &selfwaitLook{naming: naming{inspection: in}, given: call}
			if i, ok := dos[api.Name(call.Common())]; ok {
				w.inDo(call.Common().Args[i])
			} else if call, ok := call.(*ssa.Call); ok {
				w.inOptions(call)
			}
		}
	}
})

type selfwaitLook struct {
	naming
	given ssa.CallInstruction // the function, to Do or in the options
	same  map[string]bool     // what the Value, Pool or Parsed is called
}

// inDo looks at the function that is given to Do.
func (w *selfwaitLook) inDo(use ssa.Value) {
	f := function(w.set(use))
	if f == nil {
		return
	}
	w.changes = func(changed *types.Var) bool {
		for f := range reached(f, true) {
			for store := range each[*ssa.Store](f) {
				if variable(store.Addr) == changed {
					return true
				}
			}
		}
		return false
	}
	w.same = map[string]bool{w.name(w.given.Common().Args[0]): true}
	w.look(use, []string{"Drain", "Shutdown"}, "waits here for the Do that it is called in (line LINE), until its Context ends; call it after the Do")
}

// inOptions looks at the functions in the options that a Value, Pool or Parsed
// is made with.
func (w *selfwaitLook) inOptions(made *ssa.Call) {
	var functions []ssa.Value
	end := "and panics"
	switch name := api.Name(&made.Call); name {
	case "mapped.Parse":
		functions = append(functions, made.Call.Args[1])
	case "live.Open", "live.New", "live.NewPool":
		for _, field := range []string{"Load", "Open", "Close"} {
			if f, _ := w.option(made.Call.Args[makings[name]], field); f != nil {
				functions = append(functions, f)
			}
		}
		if name == "live.NewPool" {
			end = "until its Context ends"
		}
	default:
		return
	}
	w.changes = func(changed *types.Var) bool { return len(w.stores[changed]) > 1 }
	w.called(made)
	for _, f := range functions {
		w.look(f, []string{"Reload", "Drain", "Shutdown"}, "would wait here for the function that it is called in, which belongs to the options at line LINE, "+end+"; call it elsewhere")
	}
}

// called names what a call makes by its result, and by the fields and variables
// that this is put into.
func (w *selfwaitLook) called(made *ssa.Call) {
	var result ssa.Value = made
	for _, user := range *made.Referrers() {
		if first, ok := user.(*ssa.Extract); ok && first.Index == 0 {
			result = first
		}
	}
	w.same = map[string]bool{w.name(result): true}
	for _, user := range *result.Referrers() {
		if store, ok := user.(*ssa.Store); ok && store.Val == result {
			w.same[w.at(store.Addr)] = true
		}
	}
	delete(w.same, "")
}

// look reports the calls in a function that wait for it.
func (w *selfwaitLook) look(given ssa.Value, waiting []string, message string) {
	for call := range w.calls(given) {
		c := call.Common()
		name := api.Name(c)
		dot := max(strings.LastIndex(name, "."), 0)
		if valueTypes[name[:dot]] && slices.Contains(waiting, name[dot+1:]) && w.same[w.name(c.Args[0])] {
			w.diagnose(call.Pos(), name[dot+1:]+" "+strings.ReplaceAll(message, "LINE", strconv.Itoa(w.line(w.given))), see(w.given, "the function is given here"))
		}
	}
}
