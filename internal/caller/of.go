// Package caller tells which method of the library the user has called, where
// one of its types is made of another: a View has a Lease, which has a Guard.
package caller

import (
	"path"
	"reflect"
	"runtime"
	"strings"
)

// Of returns the outermost method of a Guard, Lease or View that the caller is
// in, such as "live: Release of a Lease", or "" if it is in none. It is for a
// message of misuse.
func Of() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	found := ""
	for {
		f, more := frames.Next()
		method := methodOf(f.Function)
		if method == "" && found != "" || !more {
			return found
		}
		if method != "" {
			found = method
		}
	}
}

// methodOf returns "" for a function that is no method of these types.
func methodOf(function string) string {
	for _, kind := range []struct{ path, name, called string }{{root, "Guard", "hazptr"}, {path.Join(module, "live"), "Lease", "live"}, {path.Join(module, "mapped"), "View", "mapped"}} {
		if rest, ok := strings.CutPrefix(function, kind.path+".(*"+kind.name+"["); ok {
			_, method, _ := strings.Cut(rest, ").")
			return kind.called + ": " + strings.TrimSuffix(method, "-fm") + " of a " + kind.name
		}
	}
	return ""
}

type here struct{}

var (
	module = path.Dir(path.Dir(reflect.TypeFor[here]().PkgPath()))
	// root is the module's package. Of a package's path the runtime escapes
	// dots in the last element.
	root = path.Join(path.Dir(module), strings.ReplaceAll(path.Base(module), ".", "%2e"))
)
