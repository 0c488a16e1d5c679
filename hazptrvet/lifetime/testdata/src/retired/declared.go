package retired

import (
	"log"

	"hazptr"
)

// Function literals in package-level variables. A Guard that another variable
// has does not make them readers.

var pinned = hazptr.Acquire(&source)

var drops = map[string]func(*file){
	"wrong": func(next *file) {
		old := source.Swap(next)
		hazptr.Retire(old, closeFile)
		log.Print(old.name) // want `the object is used after it was retired at line 17`
	},
	"right": func(next *file) {
		old := source.Swap(next)
		log.Print(old.name)
		hazptr.Retire(old, closeFile)
	},
}
