// Badger compares badger, whose value log keeps a rewritten file until no
// iterator is open at all, with copies in which the file goes when the
// iterators that may read it are closed. Its -h tells more.
package main

import (
	"context"
	"io"
	"slices"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

const badgerVersion = "v4.9.6"

var plan = pair.Plan{
	Name:   "badger",
	Module: patch.Module{Path: "github.com/dgraph-io/badger/v4", Version: badgerVersion, Sum: "h1:IQqMPVGLNCQr1b4Mu8lHkYm/xyqFRsyKaFEtyLi9CCQ="},
	Arms:   []pair.Arm{{Name: "as it is"}, {Name: "plain Go", Edits: plain, Plain: true}, {Name: "hazptr", Edits: edits}},
	Export: exported,
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/badger/worker"

var load = program.Program[options]{
	Name: "badger",
	Purpose: `Badger takes badger ` + badgerVersion + `, a key-value store that keeps large values in a
log of their own. A file of it that RunValueLogGC has rewritten is deleted when
no iterator at all is open: where iterators overlap, never. It is compared with
two copies in which the file goes when all iterators are closed that began
before: by a count of the iterators of each era ("plain Go"), and by a hazard
pointer that each iterator has of its era ("hazptr").`,
	Examples: []string{
		"go run ./tools/loads/badger               in seven minutes",
		"go run ./tools/loads/badger -short        in one",
		"go run ./tools/loads/badger -iterators 2 -duration 60s -rounds 1",
		"                                          for how long does it grow?",
		"go run ./tools/loads/badger -tests -race  badger's own tests on all, too",
		"go run ./tools/loads/badger -diff         what is changed",
	},
	Details: `
It downloads 49 MB and takes 3 GB of disk, mostly what badger keeps as it is.

What is measured:
  A worker has a database of 2000 values of 4096 bytes, and writes all of them
  anew, which is a round of 8 MB, lets badger rewrite files of the value log as
  long as a tenth of one is no longer alive, and does so again 50 ms later. Its
  tables are small and often merged, since badger learns from compactions which
  values are no longer alive. Meanwhile it does Gets, 200 µs apart, and has a
  number of iterators, each of which reads all values, 20 at a time with pauses
  between, in -hold or some more. One iterator is closed 20 ms before the next
  is opened. Two or more begin one after the other, and each is followed by the
  next at once: there is always one that is open.

  What counts is how many files the value log has at the end, and what they take
  of the disk. A Get, and a step of an iterator, are timed with the value that
  they read. The Close of an iterator deletes files itself, but with hazptr.

  Each value has its key, the round that it is from and a checksum. A reader
  must find values of the last round that was done when it began, or of one that
  was begun then; an iterator must find all keys, too. Iterators ask for a value
  when they come to it, so those at their end are from files that were rewritten
  long ago. A Get has no hold on a file, in badger as it is, too: if the file
  goes between the Get and the reading of its value, badger returns an empty
  value. Such Gets are done again, and counted.

  A worker that reads something wrong, or of which badger logs an error, ends
  the program with status 1. So does a database in which something is missing
  after its worker was killed while RunValueLogGC ran and iterators were open:
  badger as it is opens it and reads all values, and all rounds that were done
  must be in it. Badger truncates a file before it removes it, and doesn't open
  a database whose program was killed in between, as it is, too: such an empty
  file is removed before, and counted. So does a test of badger's that fails in
  a copy and not in badger as it is. In badger as it is, TestProtosRegenerate
  fails: it runs a script that isn't executable in a module's folder.
`,
	Vars: map[string]string{
		"rounds": "3",
		"short":  "one minute: -duration is 4s, -rounds and -crashes are 1, unless they are given",
		"disk":   "and for the database",
	},
	Do: compare,
}

func main() { load.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	plan := plan
	if o.Busted {
		plan.Arms = slices.Clone(plan.Arms)
		last := &plan.Arms[len(plan.Arms)-1]
		last.Edits = slices.Concat(last.Edits, busted)
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
		if r.Crashes, err = crash(ctx, o.Crashes, p, workers); err != nil {
			return err
		}
		if r.Suites, err = p.Suites(ctx, o.suites()...); err != nil {
			return err
		}
		p.End()
		r.conclude()
		if err := summary.Print(stdout, o.Format, string(o.Picture), r); err != nil {
			return err
		}
		return r.Suites.Err("badger")
	})
}
