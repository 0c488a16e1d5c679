// Package check finds misuse of the library, in a program that is built with
// the tag hazptr_debug. Without the tag its functions are empty, and Enabled is
// false: code that stands under it is not there. See docs/debugging.md.
package check

import (
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// Library matches functions of the library, as the runtime writes them: those
// of the root that names matches, and all of the packages check and hazard. In
// what the library shows of a stack they are left out.
//
// The module's path is derived, since a copy of the library has another one.
func Library(names string) *regexp.Regexp {
	name := runtime.FuncForPC(reflect.ValueOf(library).Pointer()).Name()
	module := strings.TrimSuffix(name, "/internal/check.library")
	// Of a package's path the runtime escapes dots in the last element.
	last := strings.LastIndex(module, "/") + 1
	root := module[:last] + strings.ReplaceAll(module[last:], ".", "%2e")
	return regexp.MustCompile(`^(` + regexp.QuoteMeta(module) + `/internal/(check|hazard)\.|` + regexp.QuoteMeta(root) + `\.(` + names + `))`)
}

func library() {}
