// Bbolt compares bbolt, whose remap waits for all readers, with a patched copy
// in which each mapping ends with its last reader. Its -h tells more.
package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

const bboltVersion = "v1.5.0"

var plan = pair.Plan{
	Name: "bbolt",
	Module: patch.Module{
		Path:    "go.etcd.io/bbolt",
		Version: bboltVersion,
		Sum:     "h1:S7GAl7Fxv12yohbwFfIbQCGDWbQbtDGPET4P/bD4lxU=",
	},
	Package: ".", Arms: []pair.Arm{{Name: "original"}, {Name: "patched", Edits: edits}}, Export: exported,
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/bbolt/worker"

var bbolt = program.Program[options]{
	Name: "bbolt",
	Purpose: `Bbolt takes bbolt ` + bboltVersion + `, whose writer waits for all readers when it maps a
grown file anew, and a copy of it in which each mapping is an object that ends
with its last transaction, held by a hazard pointer, and runs both: a writer,
short readers, and readers that stay.`,
	Examples: []string{
		"go run ./tools/loads/bbolt               in two minutes",
		"go run ./tools/loads/bbolt -grow 1GB -duration 60s -rounds 1",
		"                                         a file from 1 MB to 1 GB, 12 minutes",
		"go run ./tools/loads/bbolt -tests -race  bbolt's own tests on both, too",
		"go run ./tools/loads/bbolt -diff         what is changed",
		"go run ./tools/loads/bbolt -export DIR   the patched bbolt, for your program",
	},
	Details: `
What is measured:
  Bbolt maps its data file. When the file outgrows the mapping, the writer maps
  it anew, for which it waits until every open read transaction has ended, and
  new ones wait behind it. One long reader and one growing file stop all reads.

  A View reads the newest value and one that is drawn, and verifies them by key
  and checksum. It is timed from the end of the reader's previous one, so it has
  all that held the reader up. A reader that waits does no Views meanwhile: the
  worst one and how many are done tell of it, the p99.9 hardly does. How many
  more Views the patched program does depends on how often a file is remapped.
  Here the writer does nothing but let it grow, from 1 MB again and again, which
  is the worst for the original. The larger a file is, the longer it takes until
  it outgrows the next mapping, which is twice as large up to 1 GB. An update is
  a commit of 256 values of 1000 bytes. A file whose pages have reached the
  limit is closed and a new one begun. A long reader's transaction reads and
  verifies every 5 ms for as long as it is open.

  With its option InitialMmapSize bbolt maps more from the start, and maps the
  file anew when it outgrows that. The original runs with twice the size that a
  file reaches, which suffices, and with a quarter of it, which doesn't. The
  size is chosen when the file is opened, and is address space for as long as it
  is open. The patched program runs without it.

  A worker that reads something wrong, crashes, or has the file mapped after
  Close, ends the program with status 1. So does a file that is not whole after
  its worker was killed: the original checks it, by bbolt's own check and value
  by value, and all commits that the worker had seen must be in it. So does a
  test of bbolt's that fails in the copy and not in the original. With -race,
  bbolt's TestIssue72 has a race of its own, in both. A power cut is not tried:
  bbolt's tests for that need device mapper.
`,
	Vars: map[string]string{
		"half": fmt.Sprint(max(1, runtime.GOMAXPROCS(0)/2)), "rounds": "3",
		"short": "half a minute: -duration is 2s, -rounds and -crashes are 1, unless they are given",
		"disk":  "and for the data file, of the size -grow",
	},
	Do: compare,
}

func main() { bbolt.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if err := refusal(runtime.GOOS); err != nil {
		return err
	}
	return plan.Do(ctx, &o.Options, o.stages(), stdout, stderr, func(p *pair.Pair) error {
		workers, err := p.Workers(ctx, workerFolder)
		if err != nil {
			return err
		}
		ways := waysOf(workers, o.Grow)
		r := newReport(o, p.Patched().Change, ways)
		if r.Scenarios, err = measure(ctx, o, p, ways); err != nil {
			return err
		}
		if r.Crashes, err = crash(ctx, o.Crashes, p, workers); err != nil {
			return err
		}
		if r.Suites, err = suites(ctx, o, p); err != nil {
			return err
		}
		p.End()
		r.conclude()
		if err := summary.Print(stdout, o.Format, string(o.Picture), r); err != nil {
			return err
		}
		return r.Suites.Err("bbolt")
	})
}

// refusal says why the load can't be run on a system.
func refusal(system string) error {
	switch system {
	case "linux", "darwin", "freebsd", "netbsd":
		return nil
	}
	return fmt.Errorf("this load doesn't run on %s: bbolt maps files in its own way there, and what is changed was made for the way of Linux, macOS, FreeBSD and NetBSD", system)
}

// suites runs the tests that the options ask for, with bbolt's failpoints in
// the copies as its Makefile puts them in. The workers have none.
func suites(ctx context.Context, o *options, p *pair.Pair) (pair.Suites, error) {
	all := o.suites()
	if len(all) == 0 {
		return nil, nil
	}
	for _, one := range p.Copies {
		if err := failpoints(ctx, one); err != nil {
			return nil, err
		}
	}
	return p.Suites(ctx, all...)
}

func failpoints(ctx context.Context, c *pair.Copy) error {
	_, err := c.Source.Go(ctx, "tool", "go.etcd.io/gofail", "enable", ".")
	return err
}
