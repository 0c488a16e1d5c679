package lifetime

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
)

// A protection is a call that makes a hazard pointer hold something.
type protection struct {
	owner ssa.Value // the *Holder; nil where the call makes a Guard

	// Where the object is loaded from; nil if the call doesn't tell.
	source ssa.Value

	object types.Type
}

// protects tells what a call protects, if it does.
func protects(c *ssa.CallCommon) (p protection, ok bool) {
	switch api.Name(c) {
	case "hazptr.Acquire", "hazptr.Pointer.Acquire":
		return protection{source: c.Args[0], object: api.Argument(c.Args[0].Type(), "atomic.Pointer", "hazptr.Pointer")}, true
	case "hazptr.Keep", "hazptr.Guard.Share":
		return protection{object: api.Argument(c.Signature().Results().At(0).Type(), "hazptr.Guard")}, true
	case "live.Value.Acquire", "mapped.Parsed.Acquire":
		return protection{source: c.Args[0], object: pointee(valueOf(c.Args[0].Type()))}, true
	case "hazptr.Holder.Protect":
		p.owner, p.source = c.Args[0], c.Args[1]
	case "hazptr.Pointer.Protect":
		p.owner, p.source = c.Args[1], c.Args[0]
	case "hazptr.Holder.TryProtect":
		p.owner, p.source = c.Args[0], c.Args[2]
	case "hazptr.Holder.Set":
		p.owner = c.Args[0]
	default:
		return p, false
	}
	p.object = api.Argument(p.owner.Type(), "hazptr.Holder")
	return p, true
}

// retired has the functions that retire an object, and which argument it is.
var retired = map[string]int{"hazptr.Retire": 0, "hazptr.RetireIn": 1}

// unlinks reports whether a call may make an object unreachable, so that its
// caller may end the object.
func unlinks(name string) bool {
	switch name {
	// Replace and CompareAndReplace retire the object.
	case "hazptr.Pointer.ReplaceAndWait",
		"hazptr.Retire", "hazptr.RetireIn", "hazptr.Synchronize",
		"builtin.delete", "builtin.clear", "sync.Map.Delete", "sync.Map.LoadAndDelete", "sync.Map.Swap", "sync.Map.CompareAndDelete", "sync.Map.Clear", "sync.Map.Store":
		return true
	}
	return strings.HasPrefix(name, "atomic.") && !strings.HasSuffix(name, "Load") && !strings.HasPrefix(name, "atomic.Load")
}

// locks reports whether a call may keep all objects of some kind from ending: a
// lock that their writer takes too, a read section.
func locks(name string) bool {
	switch name {
	case "sync.Mutex.Lock", "sync.Mutex.TryLock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.RWMutex.TryLock", "sync.RWMutex.TryRLock", "sync.Locker.Lock",
		"srcu.Domain.ReadLock":
		return true
	}
	return strings.HasPrefix(name, "percpuref.Ref.") || strings.HasSuffix(name, "/rcu.Reader.ReadLock") || strings.HasSuffix(name, "/gate.Gate.Enter")
}

// keeps reports whether a call that is given an object may keep it from ending,
// by its name.
func keeps(name string) bool {
	return counts.MatchString(name[strings.LastIndex(name, ".")+1:])
}

// counts are the names that functions have which keep an object.
var counts = regexp.MustCompile(`(?i)^(try_?)?(ref|retain|acquire|hold|inc|addref|pin([^g]|$)|enter|rlock|lock|readlock|get|take|clone|dup|keep)`)

// quiet reports whether a call certainly orders nothing between goroutines and
// waits for nothing.
func quiet(c *ssa.CallCommon) bool {
	name := api.Name(c)
	switch name {
	case "":
		return false
	case "hazptr.NewHolder", "hazptr.Acquire", "hazptr.Keep", "hazptr.Retire", "hazptr.RetireIn", "sync.WaitGroup.Add", "time.Now", "time.Since":
		return true
	case "builtin.close", "hazptr.Pointer.ReplaceAndWait":
		return false
	case "live.Value.Acquire", "mapped.Parsed.Acquire":
		return true
	}
	if i, ok := dos[name]; ok {
		use := function(c.Args[i])
		return use != nil && len(use.Blocks) > 0 && !loud(use)
	}
	for _, prefix := range []string{"hazptr.Holder.", "hazptr.Guard.", "hazptr.Pointer.", "live.Lease.", "mapped.View.", "builtin.", "fmt.", "log.", "errors.", "strconv.", "strings.", "bytes.", "math.", "unicode.", "utf8.", "unsafe."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	callee := body(c)
	return callee != nil && !loud(callee)
}

// loud reports whether a function may wait for another goroutine, or tell it
// something.
func loud(f *ssa.Function) bool {
	for f := range reached(f, false) {
		for in := range each[ssa.Instruction](f) {
			_, parallel := in.(*ssa.Go)
			call, isCall := in.(ssa.CallInstruction)
			if parallel || communicates(in) || isCall && body(call.Common()) == nil && !quiet(call.Common()) {
				return true
			}
		}
	}
	return false
}

// communicates reports whether an instruction receives, sends or selects.
func communicates(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.Send, *ssa.Select:
		return true
	case *ssa.UnOp:
		return in.Op == token.ARROW
	}
	return false
}

// dereferences reports whether f itself reads or writes what its i-th parameter
// points to.
func dereferences(f *ssa.Function, i int) bool {
	if i >= len(f.Params) {
		return false
	}
	p := f.Params[i]
	for _, user := range *p.Referrers() {
		switch user := user.(type) {
		case *ssa.FieldAddr:
			if !isAddressOnly(user) {
				return true
			}
		case *ssa.UnOp:
			return true
		case *ssa.Store:
			if user.Addr == p {
				return true
			}
		}
	}
	return false
}

// isAddressOnly reports whether nothing reads or writes what a points to.
func isAddressOnly(a *ssa.FieldAddr) bool {
	for _, user := range *a.Referrers() {
		switch user.(type) {
		case *ssa.UnOp, *ssa.Store, *ssa.FieldAddr, ssa.CallInstruction:
			return false
		}
	}
	return true
}
