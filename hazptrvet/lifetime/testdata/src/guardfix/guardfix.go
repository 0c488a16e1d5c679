package guardfix

import (
	"sync/atomic"

	"hazptr"
)

type config struct{ name string }

var (
	current hazptr.Pointer[config]
	source  atomic.Pointer[config]
)

func never() string {
	g := current.Acquire() // want `never released`
	return g.Ptr().name
}

func neverInClosure() func() string {
	return func() string {
		var g hazptr.Guard[config]
		g = hazptr.Acquire(&source) // want `never released`
		return g.Ptr().name
	}
}

var handlers = map[string]func() string{
	"name": func() string {
		g := current.Acquire() // want `never released`
		return g.Ptr().name
	},
}

// A deferred call in a loop would come late, and one after an if early.
func noFix(ok bool, n int) {
	for range n {
		g := current.Acquire() // want `the loop comes back`
		println(g.Ptr().name)
	}
	if ok {
		g := current.Acquire() // want `never released`
		println(g.Ptr().name)
	}
	current.Acquire() // want `never released`
}
