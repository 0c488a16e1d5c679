package main

import (
	"context"
	"fmt"
	"strings"
)

// A way to keep a policy until the last request that looks at it has left.
type way interface {
	// visit returns what asks the present policy for one caller, one time after the other, and what to call when it is no longer needed. Many goroutines call it.
	visit() (check func(path string) verdict, leave func())

	// replace gives those who ask the next policy and sees to it that the present one ends. One goroutine calls it.
	replace(next *policy)

	// end is called after the last check and replace. On return no policy is left.
	end(ctx context.Context) error
}

// A method makes ways.
type method struct {
	name    string
	summary string
	begin   func(first *policy) way
	busted  bool // it ends a policy too soon
}

var methods = []method{
	{"refcnt", "kref_get, kref_put, as AppArmor has it: nothing ends while requests come, for they take references to what may have ended", beginRefcnt, false},
	{"refcnt-cond", "kref_get_unless_zero; whoever drops the last reference ends the policy", beginRefcntCond, false},
	{"percpu_ref", "a percpuref.Ref for each policy", beginPercpuRef, false},
	{"cachedref", "a cachedref.Ref for each policy, and a Cache for each connection", beginCachedRef, false},
	{"hazptr", "a hazptr.Holder for each connection", beginHazptr, false},
	{"hazptr-guard", "a hazptr.Guard for each request", beginGuard, false},
	{"rwlock", "a sync.RWMutex around each check", beginRWLock, false},
	{"busted", "ended at once, whoever looks at it: what must be noticed; not among all", beginBusted, true},
}

// methodsNamed returns the methods of a list of names, each once; "all" means all that work.
func methodsNamed(list string) (chosen []method, err error) {
	seen := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		known := false
		for _, m := range methods {
			if m.name != name && (name != "all" || m.busted) {
				continue
			}
			known = true
			if !seen[m.name] {
				seen[m.name] = true
				chosen = append(chosen, m)
			}
		}
		if !known {
			var names []string
			for _, m := range methods {
				names = append(names, m.name)
			}
			return nil, fmt.Errorf("unknown way %q; there are %s and all", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}
