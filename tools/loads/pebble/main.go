// Pebble compares pebble, whose readers hold the state that they read by a read
// lock and a reference, with a copy in which they have a hazard pointer. Its -h
// tells more.
package main

import (
	"context"
	"io"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

const pebbleVersion = "v2.1.7"

type options struct {
	Tests bool `name:"tests" group:"Measurement:" help:"run pebble's tests of reads, iterators, snapshots, flushes and compactions on both"`
	pair.DuelOptions
}

var pebble = program.Program[options]{
	Name: "pebble",
	Purpose: `Pebble takes pebble ` + pebbleVersion + `, whose readers hold the state that they read (the
version and the memtables) by a read lock and a reference count, and a copy of
it whose readers have a hazard pointer in place of both, and measures both.`,
	Examples: []string{
		"go run ./tools/loads/pebble           in 90 s, the first time 120 s more",
		"go run ./tools/loads/pebble -tests    tests of pebble's own on both, too",
		"go run ./tools/loads/pebble -diff     what is changed",
		"go run ./tools/loads/pebble -busted   the patch with its rule broken",
	},
	Details: `
What is measured:
  Pebble's own BenchmarkReadState, which does nothing but to hold a state and
  let it go, or to replace it; and what a program sees of that: Gets and
  iterators on an in-memory file system, while a writer has memtables flushed
  and compacted. Every value is verified. Pebble's authors write that it is
  difficult to do better "without something like thread-local storage which
  isn't available in Go".

  Before anything is measured readers hold states while others replace them, in
  both copies. A state that ends while it is held, a wrong value, a leak, or a
  Close that does not tell of one ends the program with status 1. So does a test
  of pebble's that fails in the copy and not in the original.
`,
	Vars: pair.DuelVars("500ms", "60 MB"),
	Do: func(ctx context.Context, o *options, stdout, stderr io.Writer) error {
		return duel(o).Run(ctx, &o.DuelOptions, stdout, stderr)
	},
}

func main() { pebble.Main() }
