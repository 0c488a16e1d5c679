// Pebble compares pebble, whose readers hold the state that they read by a read lock and a reference, with a copy in which they have a hazard pointer. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/suite"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "pebble", args, stdout, stderr, parseOptions, compare)
}

// compare does what the options say, in a folder that it removes.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	folder, remove, err := command.WorkFolder(o.dir, "hazptr-pebble-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	bar := progress.NewBar(stderr, 5+2*o.rounds)
	defer bar.Close()
	bar.Describe("copying pebble")
	copies, err := plan(o.busted).Make(ctx, folder)
	if err != nil {
		return err
	}
	bar.Step(1)
	if o.diff {
		bar.Close()
		_, err := io.WriteString(stdout, copies.Change.Diff)
		return err
	}
	for _, c := range []*pair.Copy{copies.Patched, copies.Original} {
		if o.busted && c == copies.Original {
			continue
		}
		bar.Describe("building the " + c.Name)
		if err := c.Build(ctx); err != nil {
			return err
		}
		bar.Step(1)
		bar.Describe("checking the " + c.Name)
		if _, err := c.Run(ctx, "-test.run=^TestLoad(States|Leak)", "-test.timeout=2m"); err != nil {
			return fmt.Errorf("readers are not safe: %w", err)
		}
		bar.Step(1)
	}
	if o.busted {
		return errors.New("the patch's rule was broken, and nobody noticed")
	}
	found, err := measure(ctx, o, copies, bar)
	if err != nil {
		return err
	}
	var suites []*suite.Suite
	if o.tests {
		bar.Describe("pebble's own tests")
		if suites, err = copies.Suites(ctx, "-short", "-run", testsRun, "."); err != nil {
			return err
		}
	}
	bar.Close()
	r, err := newReport(o, copies.Change, found[0], found[1], suites)
	if err != nil {
		return err
	}
	if err := r.write(stdout, o.format); err != nil {
		return err
	}
	return r.err()
}

// testsRun are the tests that have to do with what readers hold.
const testsRun = "^Test(Iter|Get|Snapshot|EventuallyFileOnly|Flush|Compaction|ManualFlush|DB|Close|Leak|MemTable|LevelChecker|Ingest|ReadSampling|Metrics|LargeBatch|Obsolete|Cleaner|Excise|Range|ScanInternal)"

// measure runs the benchmarks of the original and of the patched copy, in turn.
func measure(ctx context.Context, o *options, copies *pair.Pair, bar *progress.Bar) (found [2]*pair.Found, err error) {
	found = [2]*pair.Found{{}, {}}
	both := []*pair.Copy{copies.Original, copies.Patched}
	for round, i := range rounds.Order(o.rounds, len(both)) {
		bar.Describe(fmt.Sprintf("round %d of %d: %s", round+1, o.rounds, both[i].Name))
		for _, args := range [][]string{
			{"-test.bench=^BenchmarkReadState$", "-test.cpu=" + pair.CPUs()},
			{"-test.bench=^BenchmarkLoad(Get|Seek)$"},
		} {
			ns, err := both[i].Bench(ctx, append(args, "-test.benchtime="+o.benchtime.String(), "-test.timeout=10m")...)
			if err != nil {
				return found, err
			}
			found[i].Add(ns)
		}
		bar.Step(1)
	}
	return found, nil
}
