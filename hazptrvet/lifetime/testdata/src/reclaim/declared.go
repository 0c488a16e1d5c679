package reclaim

import "hazptr"

// Function literals in package-level variables.

var drops = map[string]func(*hazptr.Domain){
	"wrong": func(*hazptr.Domain) {
		hazptr.RetireIn(domain, source.Swap(nil), 0, func(*file) {
			domain.Barrier(ctx) // want `Barrier waits for the functions of its domain, of which this is one \(line 9\)`
		})
	},
	"right": func(d *hazptr.Domain) {
		hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) { domain.Barrier(ctx) })
		d.Barrier(ctx)
	},
}
