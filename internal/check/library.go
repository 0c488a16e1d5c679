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

// Library matches the functions of the library that a caller has called, as the
// runtime writes them: those of the root that readers and updaters use, and all
// of its internal packages. In the traces that the library shows they come
// first, and are left out.
//
// The module's path is derived, since a copy of the library has another one.
var Library = func() *regexp.Regexp {
	path := runtime.FuncForPC(reflect.ValueOf(library).Pointer()).Name()
	root := regexp.QuoteMeta(strings.TrimSuffix(path, "/internal/check.library"))
	return regexp.MustCompile(`^` + root + `(/internal/(check|hazard)\.|\.(Acquire|NewHolder|Retire|RetireIn)\[|\.\(\*(Guard|Holder|Pointer)\[)`)
}()

func library() {}
