package protection

import "hazptr"

// Function literals in package-level variables.

var lookups = map[string]func(*hazptr.Holder[config]) string{
	"guard": func(*hazptr.Holder[config]) string {
		g := current.Acquire()
		c := g.Ptr()
		g.Release()
		return c.name // want `used after line 11 has ended its protection \(Release\)`
	},
	"holder": func(h *hazptr.Holder[config]) string {
		c := h.Protect(&source)
		h.Clear()
		return c.name // want `used after line 16 has ended its protection \(Clear\)`
	},
	"do": func(*hazptr.Holder[config]) string {
		var c *config
		current.Do(func(o *config) {
			c = o // want `the protected pointer is assigned to a variable outside the function, but its protection ends when Do returns`
		})
		return c.name
	},
	"right": func(h *hazptr.Holder[config]) (name string) {
		current.Do(func(o *config) { name = o.name })
		c := h.Protect(&source)
		defer h.Clear()
		return name + c.name
	},
}
