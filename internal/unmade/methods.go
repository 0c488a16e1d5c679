// Package unmade calls the methods of values that no constructor has made. Only
// tests import it.
package unmade

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Methods calls each exported method of a zero T and of a nil *T. It must panic
// with a message that contains made, such as "made by New", or be an exception
// to that: of "zero Len" it is expected that it returns, of "nil Len" that it
// returns or dereferences nil.
//
// A fault in a goroutine that is pinned ends the test process.
func Methods[T any](t *testing.T, made string, exceptions ...string) {
	t.Helper()
	for which, receiver := range map[string]*T{"zero": new(T), "nil": nil} {
		v := reflect.ValueOf(receiver)
		for i := range v.NumMethod() {
			name := which + " " + v.Type().Method(i).Name
			panicked := call(v.Method(i))
			message, _ := panicked.(string)
			_, fault := panicked.(runtime.Error)
			expected := strings.Contains(message, made)
			if slices.Contains(exceptions, name) {
				expected = panicked == nil || which == "nil" && fault
			}
			if !expected {
				t.Errorf("%s of a %T: panic with %v, want one that contains %q", name, receiver, panicked, made)
			}
		}
	}
}

func call(method reflect.Value) (panicked any) {
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		args = append(args, argument(method.Type().In(i)))
	}
	defer func() { panicked = recover() }()
	method.Call(args)
	return nil
}

// argument returns a value that a method need not refuse.
func argument(of reflect.Type) reflect.Value {
	switch {
	case of == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(context.Background())
	case of.Kind() == reflect.Func:
		return reflect.MakeFunc(of, func([]reflect.Value) []reflect.Value { panic("called") })
	case of.Kind() == reflect.Pointer:
		return reflect.New(of.Elem())
	case of.Kind() == reflect.Int || of.Kind() == reflect.Int64:
		return reflect.ValueOf(1).Convert(of)
	}
	return reflect.Zero(of)
}
