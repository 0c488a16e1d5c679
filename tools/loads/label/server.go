package main

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"hazptr/tools/loads/internal/keeper"
	"hazptr/tools/loads/internal/served"
)

// startServer serves the site's files, after the policy was asked.
func startServer(s *site, policies keeper.Keeper[policy]) (*served.Server[check], error) {
	files := http.FileServer(http.Dir(s.folder))
	return served.Start(func() (check, func()) { return visit(policies) }, func(check check, out http.ResponseWriter, request *http.Request) {
		said, err := guarded(check, request.URL.Path)
		switch {
		case err != nil:
			http.Error(out, err.Error(), http.StatusInternalServerError)
		case said == permitted:
			files.ServeHTTP(out, request)
		default:
			http.Error(out, "the policy forbids it", http.StatusForbidden)
		}
	})
}

// guarded checks, and makes an error of a fault at memory that was given back.
func guarded(check check, path string) (said verdict, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("checking %s: use of a policy that had ended: %v", path, fault)
		}
	}()
	if said = check(path); said == late {
		err = fmt.Errorf("checking %s: use of a policy that had ended", path)
	}
	return said, err
}
