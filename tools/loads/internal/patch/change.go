package patch

import "strings"

// A Change is what edits have done to a module.
type Change struct {
	Added, Removed int    // lines
	Diff           string // unified
}

// add adds the unified diff of a file.
func (c *Change) add(diff string) {
	c.Diff += diff
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "):
		case strings.HasPrefix(line, "+"):
			c.Added++
		case strings.HasPrefix(line, "-"):
			c.Removed++
		}
	}
}
