package explore

// A clock has for each actor how many of its steps come before something. The
// steps of an actor are numbered from 1.
type clock [maxActors]uint16

// join has c know what d knows.
func (c *clock) join(d *clock) {
	for i := range c {
		c[i] = max(c[i], d[i])
	}
}

// knows reports whether a step comes before what c is the clock of.
func (c *clock) knows(e *event) bool { return c[e.actor] >= e.number }
