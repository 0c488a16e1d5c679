package main

import (
	"context"
	"fmt"
	"strings"
)

// A way to replace a database while it is read. The loops over lookups are the ways' own, so that none pays for a call that another doesn't.
type way interface {
	// read looks up until the reader has had enough. Many goroutines call it.
	read(r *reader)

	// visit returns what looks at the present database for one caller, one time after the other, and what to call when it is no longer needed.
	visit() (look func(func(*database)), leave func())

	// replace gives readers the next database and sees to it that the present one ends after its last lookup. One goroutine calls it.
	replace(next *database)

	// end is called after the last read and replace. On return no mapping is left.
	end(ctx context.Context) error
}

// A method makes ways.
type method struct {
	name    string
	summary string
	begin   func(first *database) way
	crashes bool // so it needs a process of its own
}

var methods = []method{
	{"hazptr", "a hazptr.Holder for each reader; replaced ones are retired", beginHazptr, false},
	{"hazptr-guard", "a hazptr.Guard for each lookup", beginGuard, false},
	{"rwmutex", "a read lock around each lookup", beginRWMutex, false},
	{"refcount", "a reference for each lookup; whoever drops the last one unmaps", beginRefcount, false},
	{"gc", "never closed; the garbage collector unmaps it some time", beginGC, false},
	{"unsafe", "closed at once, whoever reads; runs in a child process, since it crashes", beginUnsafe, true},
}

// methodsNamed returns the methods of a list of names, each once; "all" means all.
func methodsNamed(list string) ([]method, error) {
	if list == "all" {
		return methods, nil
	}
	var chosen []method
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		m, ok := methodNamed(methods, name)
		if !ok {
			return nil, fmt.Errorf("unknown way %q; there are %s and all", name, strings.Join(methodNames(), ", "))
		}
		if _, twice := methodNamed(chosen, name); !twice {
			chosen = append(chosen, m)
		}
	}
	return chosen, nil
}

func methodNamed(from []method, name string) (method, bool) {
	for _, m := range from {
		if m.name == name {
			return m, true
		}
	}
	return method{}, false
}

func methodNames() []string {
	var names []string
	for _, m := range methods {
		names = append(names, m.name)
	}
	return names
}
