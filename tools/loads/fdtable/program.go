package main

import (
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

var module = patch.Module{
	Path:    "gvisor.dev/gvisor",
	Version: "v0.0.0-20260905035102-160fafc42237",
	Sum:     "h1:AU5+CtCvnBnxdZRNcZt1NfSLqgkXZVT3N/u6u1aXg44=",
}

// plan returns what is made of gVisor. With broken, the patch has its rule broken.
func plan(broken bool) pair.Plan {
	p := pair.Plan{
		Module: module, Package: "./pkg/sentry/kernel", Edits: edits,
		Both: []patch.Edit{inside}, Before: []patch.Edit{original}, After: []patch.Edit{patched},
	}
	if broken {
		p.Edits = append(p.Edits[:len(p.Edits):len(p.Edits)], busted)
	}
	return p
}
