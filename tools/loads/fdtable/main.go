// Fdtable compares gVisor's table of file descriptors, whose lookups count references, with a copy in which a task looks files up by a hazard pointer. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "fdtable", args, stdout, stderr, parseOptions, compare)
}

// compare does what the options say, in a folder that it removes.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("this load runs on linux, as gVisor does, not on %s", runtime.GOOS)
	}
	folder, remove, err := command.WorkFolder(o.dir, "hazptr-fdtable-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	bar := progress.NewBar(stderr, o.steps())
	defer bar.Close()
	bar.Describe("copying gVisor")
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
		if _, err := c.Run(ctx, "-test.run=^TestLoad", "-test.timeout=2m"); err != nil {
			return fmt.Errorf("files are not safe: %w", err)
		}
		bar.Step(1)
	}
	if o.busted {
		return errors.New("the patch's rule was broken, and nobody noticed")
	}
	bar.Describe("building a system call that borrows")
	if _, err := copies.Patched.Source.Go(ctx, "build", "-trimpath", "./pkg/sentry/syscalls/linux"); err != nil {
		return err
	}
	bar.Step(1)
	var sandboxes []*sandbox // in the order of measure's copies
	for _, c := range []*pair.Copy{copies.Original, copies.Patched} {
		if !o.sandbox {
			break
		}
		bar.Describe("building a sandbox of the " + c.Name)
		s, err := newSandbox(ctx, c, folder)
		if err != nil {
			return err
		}
		sandboxes = append(sandboxes, s)
		bar.Step(1)
	}
	found, err := measure(ctx, o, copies, sandboxes, bar)
	if err != nil {
		return err
	}
	bar.Close()
	r, err := newReport(o, copies.Change, found[0], found[1])
	if err != nil {
		return err
	}
	return r.write(stdout, o.format)
}

// measure runs the benchmarks of the original and of the patched copy, in turn, and their sandboxes, if there are any.
func measure(ctx context.Context, o *options, copies *pair.Pair, sandboxes []*sandbox, bar *progress.Bar) (found [2]*pair.Found, err error) {
	found = [2]*pair.Found{{}, {}}
	both := []*pair.Copy{copies.Original, copies.Patched}
	for round, i := range rounds.Order(o.rounds, len(both)) {
		bar.Describe(fmt.Sprintf("round %d of %d: %s", round+1, o.rounds, both[i].Name))
		ns, err := both[i].Bench(ctx, "-test.bench=^BenchmarkLoad", "-test.cpu="+pair.CPUs(), "-test.benchtime="+o.benchtime.String())
		if err != nil {
			return found, err
		}
		found[i].Add(ns)
		if o.sandbox {
			if ns, err = sandboxes[i].round(ctx, o.benchtime); err != nil {
				return found, err
			}
			found[i].Add(ns)
		}
		bar.Step(1)
	}
	return found, nil
}
