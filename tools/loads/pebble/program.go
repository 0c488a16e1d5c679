package main

import (
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

const pebbleVersion = "v2.1.7"

var module = patch.Module{
	Path:    "github.com/cockroachdb/pebble/v2",
	Version: pebbleVersion,
	Sum:     "h1:hFQnbsniSWg9BVcNKMuaUufYPiVXY6uJvaY9grbQ9+U=",
}

// plan returns what is made of pebble. With broken, the patch has its rule broken.
func plan(broken bool) pair.Plan {
	p := pair.Plan{
		Module: module, Package: ".", Edits: edits,
		Both: []patch.Edit{inside}, Before: []patch.Edit{before}, After: []patch.Edit{after, benchmark},
	}
	if broken {
		p.Edits = append(p.Edits[:len(p.Edits):len(p.Edits)], busted)
	}
	return p
}
