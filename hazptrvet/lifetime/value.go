package lifetime

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"hazptr/hazptrvet/internal/api"
)

// dos has the methods that call a function with what they protect, and which
// argument the function is.
var dos = map[string]int{doName: 1, "live.Value.Do": 1, "live.Pool.Do": 3, "mapped.Parsed.Do": 1}

// makings has the functions that make a Value or Pool, and which argument its
// options are.
var makings = map[string]int{"live.Open": 1, "live.New": 1, "live.NewPool": 0}

// madeBy returns the call that has made a Value or Pool, or nil.
func (in *inspection) madeBy(v ssa.Value) *ssa.Call {
	made := in.origin(v)
	if first, ok := made.(*ssa.Extract); ok {
		made = first.Tuple
	}
	call, ok := made.(*ssa.Call)
	if !ok {
		return nil
	}
	if _, ok := makings[api.Name(&call.Call)]; !ok {
		return nil
	}
	return call
}

// closes returns what a call that makes a Value or Pool sets Close to, or nil,
// and whether that is sure.
func (in *inspection) closes(c *ssa.CallCommon) (end ssa.Value, known bool) {
	options, ok := makings[api.Name(c)]
	if !ok {
		return nil, false
	}
	return in.option(c.Args[options], "Close")
}

// leavesToCollector reports whether a Value or Pool certainly doesn't close its
// values, which may be kept then.
func (in *inspection) leavesToCollector(v ssa.Value) bool {
	made := in.madeBy(v)
	if made == nil {
		return false
	}
	end, known := in.closes(&made.Call)
	return end == nil && known
}

// valueTypes have values that end.
var valueTypes = map[string]bool{"live.Value": true, "live.Pool": true, "mapped.Parsed": true}

// valueOf returns the type of the values that a Value, Pool or Parsed has, or
// nil.
func valueOf(t types.Type) types.Type {
	name, arguments := api.Named(t)
	if !valueTypes[name] || arguments.Len() == 0 {
		return nil
	}
	return arguments.At(arguments.Len() - 1)
}

// refers reports whether a value of a type refers to something that may end. Of
// strings only those of a mapping do. What a type parameter stands for is not
// known.
func refers(t types.Type, mapped bool) bool {
	if _, parameter := types.Unalias(t).(*types.TypeParam); parameter {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer || mapped && u.Info()&types.IsString != 0
	case *types.Array:
		return refers(u.Elem(), mapped)
	case *types.Struct:
		for f := range u.Fields() {
			if refers(f.Type(), mapped) {
				return true
			}
		}
	}
	return false
}

// words name what is protected in reports.
type words struct {
	pointer, memory, object string
	protection, ended       string
	guard                   string // what a use has that outlives a call, or ""
}

var (
	objectWords = words{"the protected pointer", "memory of the protected object", "the object", "its protection", "reclaimed", "Guard"}
	valueWords  = words{"the value", "memory of the value", "the value", "its use", "closed", "Lease"}
	poolWords   = words{"the value", "memory of the value", "the value", "its use", "closed", ""}
	mappedWords = words{"the mapped value", "memory of the mapping", "the mapped value", "its use", "unmapped", "View"}
)

// wordsOf returns the words for what a call protects.
func wordsOf(name string) words {
	switch name {
	case "live.Value.Do", "live.Value.Acquire", "live.Lease.Value":
		return valueWords
	case "live.Pool.Do":
		return poolWords
	case "mapped.Parsed.Do", "mapped.Parsed.Acquire", "mapped.View.Value":
		return mappedWords
	}
	return objectWords
}
