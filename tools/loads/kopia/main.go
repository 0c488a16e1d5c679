// Kopia compares kopia, which dies when it compacts indexes while it lists
// contents, with copies in which a listing keeps the files that it reads. Its
// -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

const kopiaVersion = "v0.21.1"

var plan = pair.Plan{
	Name:    "kopia",
	Module:  patch.Module{Path: "github.com/kopia/kopia", Version: kopiaVersion, Sum: "h1:e7UU9CqxKtc8DH9zS8KU0h8lV4HM7PA1QWXf5ytiglY="},
	Package: "./repo/content",
	Arms: []pair.Arm{
		{Name: "original"},
		{Name: "locked", Edits: locked, Plain: true},
		{Name: "counted", Edits: counted, Plain: true},
		{Name: "hazptr", Edits: edits},
	},
	Export: exported,
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/kopia/worker"

var kopia = program.Program[options]{
	Name: "kopia",
	Purpose: `Kopia takes kopia ` + kopiaVersion + `, a backup program that dies of SIGSEGV when
indexes are compacted while contents are listed, and three copies of it that
don't: in one a listing has a lock, in one it counts itself, in one it holds the
index files by hazard pointers. It runs all four, each in a process of its own.`,
	Examples: []string{
		"go run ./tools/loads/kopia               in about 8 minutes",
		"go run ./tools/loads/kopia -versions 3   in half of it: kopia's default format",
		"go run ./tools/loads/kopia -tests -race  kopia's tests of its indexes, too",
		"go run ./tools/loads/kopia -diff         what is changed",
		"go run ./tools/loads/kopia -export DIR   the patched kopia, for your program",
		"go run ./tools/loads/kopia -short -busted",
		"                                         is it noticed if Guards end early?",
	},
	Details: `
The first time it downloads 100 MB, and takes a minute or two to build. -tests
downloads 11 MB more.

What is measured:
  Two openings of one repository in a folder, as two programs have it, each with
  a cache. The one writes and compacts. The other one lists all contents again
  and again, looks contents up, and is told of each compaction by Refresh, which
  is what kopia's server does now and then. Kopia maps the index files that it
  has in its cache. Refresh unmaps the files that a compaction has replaced, and
  a listing of the original that reads them then kills the process.

  A listing takes -listing at least: its callback pauses after each 1000
  contents. When it is verifying, the callback looks contents up, too, as does
  that of kopia's content verify. Lookups come 100 µs after one another. They
  and the listings are by a session that doesn't refresh by itself, as content
  verify's.

  With format 1 a compaction makes one index file of all, as kopia's index
  optimize does. With format 3, kopia's default, indexes are compacted by
  epochs, as kopia's maintenance does. An epoch lasts a day: the worker sets the
  times of the first index files of each epoch back.

  alive    all was read, and is right: each content that was there when a
           listing began is in it
  died     of an unmapped file; or it has read what was mapped in its place
  hung     no lookup came back in the time -patience; the worker was killed then

  A worker of a patched copy that dies ends the program with status 1. So does
  one that hangs, but for the locked copy's; one that has index files mapped
  after Close; contents that can't be read after a worker of the hazptr copy was
  killed while it compacts, where the original reads them all; and a test of
  kopia's that fails in a copy and not in the original.
`,
	Vars: map[string]string{
		"rounds": "5",
		"short":  "a minute or two: -rounds is 2, -versions is 3, -listing 1s, -duration 2s, -patience 5s, and -crashes 1, unless they are given",
		"disk":   "and for the repository, 200 MB in all",
	},
	Do: compare,
}

func main() { kopia.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if err := refusal(runtime.GOOS); err != nil {
		return err
	}
	plan := plan
	if o.Busted {
		patched := plan.Arms[len(plan.Arms)-1]
		plan.Arms = []pair.Arm{{Name: patched.Name, Edits: append(slices.Clip(patched.Edits), busted)}}
	}
	return plan.Do(ctx, &o.Options, o.stages(len(plan.Arms)), stdout, stderr, func(p *pair.Pair) error {
		workers, err := p.Workers(ctx, workerFolder)
		if err != nil {
			return err
		}
		r := newReport(o, p)
		if r.Scenarios, err = measure(ctx, o, p, workers); err != nil {
			return err
		}
		if o.Busted {
			return errors.New("the patch's rule was broken, and no run has noticed")
		}
		if r.Crashes, err = crash(ctx, o, p, workers); err != nil {
			return err
		}
		if r.Suites, err = p.Suites(ctx, o.suites()...); err != nil {
			return err
		}
		p.End()
		r.conclude()
		if err := summary.Write(stdout, o.Format, r); err != nil {
			return err
		}
		return r.Suites.Err("kopia")
	})
}

// refusal says why the load can't be run on a system.
func refusal(system string) error {
	if system == "windows" {
		return fmt.Errorf("this load doesn't run on %s: what a read of an unmapped file does was looked at on Unix systems alone", system)
	}
	return nil
}
