package token

// Function literals in package-level variables.

var steps = []func(bool){
	func(bool) {
		domain.ReadLock() // want `this Token is dropped`
	},
	func(fail bool) {
		t := domain.ReadLock() // want `not ended on the path that ends at line 12`
		if fail {
			return
		}
		domain.ReadUnlock(t)
	},
	func(bool) {
		t := domain.ReadLock()
		defer domain.ReadUnlock(t)
	},
}
