// Seaweedfs compares SeaweedFS, whose writes and vacuum wait for every reader,
// with patched copies: the one that is loaded beside the old files and swapped
// under the lock, and the one in which a data file ends with its last read. Its
// -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

const version = "v0.0.0-20261109003541-7506e5f91cd6"

var plan = pair.Plan{
	Name: "seaweedfs",
	Module: patch.Module{
		Path: "github.com/seaweedfs/seaweedfs", Version: version, Sum: "h1:LOYZFToHq9F7pSR6lkPGfkM8RmHlVFrzndKdhmNZjrU=",
		// What its storage stands on.
		Folders: []string{"weed/glog", "weed/images", "weed/operation", "weed/pb", "weed/s3api/s3_constants", "weed/security", "weed/stats", "weed/storage", "weed/util"},
	},
	Arms: []pair.Arm{{Name: "as it is"}, {Name: "file kept", Edits: kept, Plain: true}, {Name: "lock", Edits: besideLock, Plain: true}, {Name: "hazptr", Edits: held}},
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/seaweedfs/worker"

var seaweedfs = program.Program[options]{
	Name: "seaweedfs",
	Purpose: `Seaweedfs takes the SeaweedFS of November 2026, in which a write, and the commit
of a vacuum, wait for all readers of the volume, and runs it beside three
patched copies of it, each of them with quick readers and a slow client.`,
	Examples: []string{
		"go run ./tools/loads/seaweedfs -short  in a minute or two",
		"go run ./tools/loads/seaweedfs         in a quarter of an hour",
		"go run ./tools/loads/seaweedfs -tests  SeaweedFS's own tests, too",
		"go run ./tools/loads/seaweedfs -diff   what is changed in each copy",
	},
	Details: `
The first time takes some minutes more: it downloads 134 MB, which become half a
GB in the module cache, and builds a good part of SeaweedFS. So "all" of
"go run ./tools/loads" leaves it out. -tests downloads 7 MB more. It needs Go
1.26.6.

The copies:
  as it is   A read holds the volume's lock until its client has got the last
             byte; with hasSlowRead, which is the default, for each chunk. A
             write takes it, and so does a vacuum's commit, for all that it
             does: new readers wait behind them.
  file kept  The commit holds the old data file open, so that its rename
             doesn't free the space under the lock.
  lock       The commit loads the new files beside the old ones, and takes the
             lock only to swap them. It is what a reviewer asks for first.
  hazptr     So it does, and a read holds the data file by a hazard pointer.
             The lock is held to look a needle up.

What is measured:
  Quick readers read needles of 1000 bytes that stay, with a pause between two
  reads, and compare every byte. Their worst read is what the table has, of each
  run: the median of the rounds, with the least and the most. Meanwhile

  - the commit of a small vacuum, while a client takes -client for a needle of
    8 MB, without hasSlowRead and with it;
  - a write every 10 ms, while it does so: no vacuum at all;
  - the commit of the vacuum of a volume of -volume, without a client;
  - a commit before which -changes needles have been written since the copy.

  What it costs stands there, too: the bytes of files without a name that are
  still open when the commit returns. They are the old file, for as long as the
  client reads.

  A worker that reads something wrong, loses a needle, has one that was deleted,
  or keeps an old file open after Close, ends the program with status 1. So does
  a volume that is not whole after its worker was killed in a commit, at each of
  its steps: SeaweedFS as it is loads and scrubs it, and reads every needle. So
  does a test of SeaweedFS's that fails in a copy and not in the original. With
  -race, four are left out, which have races of their own:
  ` + strings.Join(racy, ",\n  ") + `.

  A volume whose needle map is in a leveldb commits under the lock in all
  copies, since a leveldb finds its files by their names.
`,
	Vars: map[string]string{
		"rounds": "3", "points": fmt.Sprint(len(points)),
		"short": "a minute or two: -volume is 64, -changes 10000, -rounds 1 and -crashes 2, unless they are given",
		"disk":  "400 MB, and twice -volume",
	},
	Do: compare,
}

func main() { seaweedfs.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if runtime.GOOS == "windows" {
		return errors.New("this load doesn't run on Windows, where a file that is open can't be renamed or removed")
	}
	plan := plan
	if o.Busted {
		plan.Arms = []pair.Arm{{Name: "hazptr", Edits: append(slices.Clip(held), busted)}}
	}
	return plan.Do(ctx, &o.Options, o.stages(), stdout, stderr, func(p *pair.Pair) error {
		workers, err := p.Workers(ctx, workerFolder)
		if err != nil {
			return err
		}
		if o.Busted {
			return notices(ctx, o, workers[0])
		}
		r := newReport(o, p)
		if r.Reading, err = readingsOf(p); err != nil {
			return err
		}
		if r.Scenarios, err = measure(ctx, o, p, workers); err != nil {
			return err
		}
		if r.Suites, err = p.Suites(ctx, o.suites()...); err != nil {
			return err
		}
		if r.Crashes, err = crash(ctx, o, p, workers[0]); err != nil {
			return err
		}
		p.End()
		r.conclude()
		if err := summary.Print(stdout, o.Format, string(o.Picture), r); err != nil {
			return err
		}
		return r.Suites.Err("SeaweedFS")
	})
}

// busted has a data file closed though it is read.
var busted = patch.Func(inStorage+"volume_tenure.go", "(*Volume).endData").Replace("hazptr.RetireIn(tenures, t, 0, (*tenure).end)", "t.end()")

// notices returns an error: the worker's, or that there was none.
func notices(ctx context.Context, o *options, w *pair.Worker) error {
	if _, err := scenariosOf(o)[0].run(ctx, w); err != nil {
		return fmt.Errorf("the patch's rule was broken, and this came of it: %w", err)
	}
	return errors.New("the patch's rule was broken, and the worker has not noticed")
}
