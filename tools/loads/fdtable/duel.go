package main

import (
	"context"
	"slices"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// duel is what the options ask for.
func duel(o *options) *pair.Duel {
	c := &pair.Duel{
		Plan: pair.Plan{
			Name: "fdtable",
			Module: patch.Module{
				Path:    "gvisor.dev/gvisor",
				Version: "v0.0.0-20260905035102-160fafc42237",
				Sum:     "h1:AU5+CtCvnBnxdZRNcZt1NfSLqgkXZVT3N/u6u1aXg44=",
			},
			Package: "./pkg/sentry/kernel", Edits: edits,
			Both: []patch.Edit{inside}, Before: []patch.Edit{original}, After: []patch.Edit{patched},
		},
		Hurt:   "each lookup of a file descriptor takes three locked operations on the file's count",
		Busted: busted, Tests: "^TestLoad", Unsafe: "files are not safe",
		Benchmarks: [][]string{{"-test.bench=^BenchmarkLoad", "-test.cpu=" + pair.CPUs()}},
		Comparison: pair.Comparison{
			Columns: []pair.Column{
				{Title: "original", Way: "references"},
				{Title: "read lock", Way: "rwmutex"},
				{Title: "percpu_ref", Patched: true, Way: "percpu_ref"},
				{Title: "patched, by reference", Patched: true, Way: "references"},
				{Title: "patched, hazptr", Patched: true, Way: "hazptr"},
			},
			Rows: slices.Concat(
				pair.OnCPUs("lookup, one file for all", "LoadLookup/same/%s"),
				pair.OnCPUs("lookup, a file for each", "LoadLookup/own/%s"),
				pair.OnCPUs("lookup, one in 100 replaces it", "LoadLookup/replaced/%s"),
				pair.OnCPUs("replace (dup2)", "LoadReplace/%s"),
				pair.OnCPUs("open and close", "LoadOpenClose"),
				pair.OnCPUs("fork and exit, 64 files", "LoadFork"),
			),
		},
		Notes: `
Replace, open and fork include what the domain's worker does to end descriptors, on another CPU if there is one. A table that grows leaves its old slice to the garbage collector, in both copies.
No file ended while it was used, and all have ended: checked in both copies. This branch of gVisor brings no tests of its own along.
`,
		Prepare: func(ctx context.Context, p *pair.Pair) error {
			p.Begin("building a system call that borrows")
			_, err := p.Patched.Source.Go(ctx, "build", "-trimpath", "./pkg/sentry/syscalls/linux")
			return err
		},
		Stages: 1,
	}
	if o.Sandbox {
		withSandboxes(c, o.Benchtime)
	}
	return c
}
