package holder

import "hazptr"

// Function literals in package-level variables.

var starts = map[string]func(int){
	"wrong": func(n int) {
		h := hazptr.NewHolder[config]()
		for range n {
			go read(h) // want `each goroutine that this loop starts gets the same Holder`
		}
	},
	"right": func(n int) {
		for range n {
			h := hazptr.NewHolder[config]()
			go read(h)
		}
	},
}
