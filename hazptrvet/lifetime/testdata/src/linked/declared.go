package linked

import "hazptr"

// Function literals in package-level variables.

var drops = map[string]func(*node){
	"global": func(*node) {
		hazptr.Retire(root.Load(), free) // want `the object is retired, but still linked where it was loaded from`
	},
	"too early": func(next *node) {
		old := root.Load()
		hazptr.Retire(old, free) // want `the object is retired here, but readers find it until line 14`
		root.Store(next)
	},
	"right": func(next *node) {
		hazptr.Retire(root.Swap(next), free)
	},
	// The literal around may have unlinked it.
	"nested": func(next *node) {
		old := root.Load()
		func() {
			root.Store(next)
			func() { hazptr.Retire(old, free) }()
		}()
		func() { hazptr.Retire(root.Load(), free) }()
	},
}
