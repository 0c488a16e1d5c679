package main

import (
	"runtime"
	"slices"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

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
			Package: ".", Edits: edits,
			Both: []patch.Edit{inside}, Before: []patch.Edit{before}, After: []patch.Edit{after, benchmark},
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
