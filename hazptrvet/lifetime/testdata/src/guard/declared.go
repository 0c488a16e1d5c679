package guard

import "hazptr"

// Function literals in package-level variables.

var handler = func() string {
	g := current.Acquire() // want `this Guard is never released`
	return g.Ptr().name
}

var handlers = map[string]func(bool) string{
	"path": func(fail bool) string {
		g := hazptr.Acquire(&source) // want `not released on the path that ends at line 16`
		if fail {
			return ""
		}
		defer g.Release()
		return g.Ptr().name
	},
	"right": func(bool) string {
		g := hazptr.Acquire(&source)
		defer g.Release()
		return g.Ptr().name
	},
}

var cases = []struct {
	name  string
	run   func()
	steps []func()
}{
	{name: "dropped", run: func() {
		current.Acquire() // want `never released`
	}},
	{"nested", nil, []func(){func() {
		func() {
			for range 2 {
				g := current.Acquire() // want `the loop comes back to this Acquire`
				use(g.Ptr())
			}
		}()
		g := current.Acquire() // want `never released`
		use(g.Ptr())
	}}},
	{"right", func() {
		g := current.Acquire()
		use(g.Ptr())
		g.Release()
	}, nil},
}

func wrapped(run func()) func() { return run }

var argument, calledAtOnce = wrapped(wrapped(func() {
	g := current.Acquire() // want `never released`
	use(g.Ptr())
})), func() string {
	g := current.Acquire() // want `never released`
	return g.Ptr().name
}()

var _ = func() *config {
	g := current.Acquire() // want `never released`
	return g.Ptr()
}

// The package keeps the first Guard, and a caller the second.
var (
	pinned = current.Acquire()
	opened = func() hazptr.Guard[config] { return current.Acquire() }
)
