// Fdtable compares gVisor's table of file descriptors, whose lookups count
// references, with a copy in which a task looks files up by a hazard pointer.
// Its -h tells more.
package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

type options struct {
	Sandbox bool `name:"sandbox" group:"Measurement:" help:"run whole sandboxes, too, for 5 times -benchtime in each round"`
	pair.DuelOptions
}

var fdtable = program.Program[options]{
	Name: "fdtable",
	Purpose: `Fdtable takes gVisor's table of file descriptors, whose every lookup takes and
drops a reference to the file, and a copy of it in which a task looks files up
by a hazard pointer of its own, and measures both.`,
	Examples: []string{
		"go run ./tools/loads/fdtable            in 90 s, the first time 60 s more",
		"go run ./tools/loads/fdtable -sandbox   the whole of gVisor, too",
		"go run ./tools/loads/fdtable -diff      what is changed",
		"go run ./tools/loads/fdtable -busted    the patch with its rule broken",
	},
	Details: `
What is measured:
  Lookups of one file by all CPUs, of one by each, and of one that is replaced
  meanwhile; files that are replaced, opened and closed; tables that grow as
  processes fork and are dropped as they exit. A reference is three locked
  operations. Beside the two copies stand a read lock around each use of a file,
  and a percpu_ref of the library for each.

  With -sandbox both copies of gVisor run a program that asks where it stands in
  files. That takes some minutes more to build the first time, and the right to
  make namespaces.

  Before anything is measured readers look files up while others close them, in
  both copies. A file that ends while it is used, or never, ends the program
  with status 1.

  It needs Go 1.26.3 and Linux, as gVisor does. What runs inside gVisor's
  package is added to both copies, as a test.
`,
	Vars: pair.DuelVars("200ms", "150 MB, with -sandbox 400 MB"),
	Do:   compare,
}

func main() { fdtable.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("this load runs on linux, as gVisor does, not on %s", runtime.GOOS)
	}
	return duel(o).Run(ctx, &o.DuelOptions, stdout, stderr)
}

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
			Package: "./pkg/sentry/kernel", Tests: []patch.Edit{inside},
			Arms:   []pair.Arm{{Name: "original", Tests: []patch.Edit{original}}, {Name: "patched", Edits: edits, Tests: []patch.Edit{patched}}},
			Export: exported,
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
			_, err := p.Patched().Source.Go(ctx, "build", "-trimpath", "./pkg/sentry/syscalls/linux")
			return err
		},
		Stages: 1,
	}
	if o.Sandbox {
		withSandboxes(c, o.Benchtime)
	}
	return c
}
