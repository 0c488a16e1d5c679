package locked

import (
	"sync"

	"hazptr"
)

// Function literals in package-level variables.

var cases = map[string]func(){
	"wrong": func() {
		mu.Lock()
		g := hazptr.Acquire(&source)
		g.Release() // want `Release may call reclaim functions here .*, which is held since line 13`
		mu.Unlock()
	},
	"nested": func() {
		func() {
			mu.Lock()
			defer mu.Unlock()
			g := hazptr.Acquire(&source)
			g.Release() // want `Release may call reclaim functions here .*, which is held since line 20`
		}()
	},
	"right": func() {
		g := hazptr.Acquire(&source)
		mu.Lock()
		mu.Unlock()
		g.Release()
	},
}

// A literal hands the reclaim function over.
var retireMu sync.Mutex

var retires = []func(){
	func() {
		hazptr.RetireIn(domain, source.Swap(nil), 0, func(*file) {
			retireMu.Lock()
			defer retireMu.Unlock()
		})
	},
}

func underRetireMu() {
	retireMu.Lock()
	defer retireMu.Unlock()
	hazptr.RetireIn(domain, source.Swap(nil), 0, func(*file) {}) // want `RetireIn may call reclaim functions here .*, and the one given to the domain at line 39 takes retireMu`
}

// A literal sets the domain to another one.
var (
	changedMu sync.Mutex
	changed   = hazptr.NewDomain(hazptr.Config{Name: "changed", ReclaimInline: true})
	changes   = []func(){func() { changed = hazptr.NewDomain(hazptr.Config{Name: "quiet"}) }}
)

func retireInChanged() {
	changedMu.Lock()
	defer changedMu.Unlock()
	hazptr.RetireIn(changed, source.Swap(nil), 0, func(*file) {
		changedMu.Lock()
		defer changedMu.Unlock()
	})
}
