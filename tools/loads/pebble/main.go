// Pebble compares pebble, whose readers hold the state that they read by a read
// lock and a reference, with a copy in which they have a hazard pointer. Its -h
// tells more.
package main

import (
	"context"
	"io"
	"runtime"
	"slices"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
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

// duel is what the options ask for.
func duel(o *options) *pair.Duel {
	c := &pair.Duel{
		Plan: pair.Plan{
			Name: "pebble",
			Module: patch.Module{
				Path:    "github.com/cockroachdb/pebble/v2",
				Version: pebbleVersion,
				Sum:     "h1:hFQnbsniSWg9BVcNKMuaUufYPiVXY6uJvaY9grbQ9+U=",
			},
			Package: ".", Tests: []patch.Edit{inside},
			Arms:   []pair.Arm{{Name: "original", Tests: []patch.Edit{before}}, {Name: "patched", Edits: edits, Tests: []patch.Edit{after, benchmark}}},
			Export: exported,
		},
		Hurt:   "each Get and each iterator takes a read lock and a reference that all cores write",
		Busted: busted, Tests: "^TestLoad(States|Leak)", Unsafe: "readers are not safe",
		Benchmarks: [][]string{
			{"-test.bench=^BenchmarkReadState$", "-test.cpu=" + pair.CPUs(), "-test.timeout=10m"},
			{"-test.bench=^BenchmarkLoad(Get|Seek)$", "-test.timeout=10m"},
		},
		Comparison: pair.Comparison{
			Columns: []pair.Column{{Title: "original"}, {Title: "patched", Patched: true}},
			Rows: slices.Concat(
				pair.OnCPUs("hold the readState", "ReadState/updates=0"),
				pair.OnCPUs("the same, one in 10 replaces it", "ReadState/updates=10"),
				pair.OnCPUs("the same, one in 2 replaces it", "ReadState/updates=50"),
				[]pair.Row{
					{Title: "Get, while keys are overwritten", Benchmark: "LoadGet", CPUs: runtime.GOMAXPROCS(0)},
					{Title: "iterator: seek, two steps, close", Benchmark: "LoadSeek", CPUs: runtime.GOMAXPROCS(0)},
				},
			),
		},
		Notes: "The first three are pebble's own BenchmarkReadState. No readState ended while it was held, and every value was right: checked in both copies.",
	}
	if o.Tests {
		c.Suite = []string{"-short", "-run", testsRun, "."}
	}
	return c
}

// testsRun are the tests that have to do with what readers hold.
const testsRun = "^Test(Iter|Get|Snapshot|EventuallyFileOnly|Flush|Compaction|ManualFlush|DB|Close|Leak|MemTable|LevelChecker|Ingest|ReadSampling|Metrics|LargeBatch|Obsolete|Cleaner|Excise|Range|ScanInternal)"
