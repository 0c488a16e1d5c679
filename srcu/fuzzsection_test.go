package srcu

import "hazptr/internal/interleave"

// A fuzzSection is a section, and what was loaded in it.
type fuzzSection struct {
	token  Token
	owner  *interleave.Thread
	loaded []*interleave.Subject
}
