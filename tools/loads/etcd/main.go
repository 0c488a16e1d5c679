// Etcd compares etcd, in which everything stops while a member defragments its
// database, with copies in which reads go on. Its -h tells more.
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

const etcdVersion = "v3.6.8"

var plan = pair.Plan{
	Name: "etcd",
	Module: patch.Module{
		Path:    "go.etcd.io/etcd/server/v3",
		Version: etcdVersion,
		Sum:     "h1:U2strdSEy1U8qcSzRIdkYpvOPtBy/9i/IfaaCI9flZ4=",
	},
	Package: "./storage/backend", Tests: []patch.Edit{inside},
	Arms: []pair.Arm{
		{Name: "original"},
		{Name: "plain Go", Edits: plain, Plain: true, Tests: pauses},
		{Name: "hazptr", Edits: hazptr, Tests: pauses},
	},
	Export: exported,
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/etcd/worker"

var etcd = program.Program[options]{
	Name: "etcd",
	Purpose: `Etcd takes etcd ` + etcdVersion + `, in which everything stops while a member defragments
its database, and two copies in which reads go on: one with plain Go, one with
a live.Value of hazptr. It runs all three: a whole server and its clients.`,
	Examples: []string{
		"go run ./tools/loads/etcd               in 7 minutes, the first time 4 more",
		"go run ./tools/loads/etcd -short        in a minute",
		"go run ./tools/loads/etcd -size 2GB -rounds 1",
		"go run ./tools/loads/etcd -tests -race  etcd's own tests of its backend, too",
		"go run ./tools/loads/etcd -diff         what is changed",
		"go run ./tools/loads/etcd -busted       the patch with its rule broken",
		"go run ./tools/loads/etcd -export DIR   the patched server, for your program",
	},
	Details: `
  The first time it downloads 60 MB of modules, etcd's and what etcd needs.

What is measured:
  A member's file does not shrink until an operator asks for a Defragment, which
  copies it. Meanwhile nothing is read or written. Before the copy takes the
  file's place, etcd waits for every read transaction, and a snapshot that is
  sent to a slow client is one.

  Each measurement is a process of its own, with a server on loopback that
  syncs to the disk, and its clients: one reads serializably, one linearizably,
  each a millisecond after its last answer; with Puts a third puts a value every
  20 ms. Then comes one Defragment, with and without a snapshot whose client
  does nothing for -snapshot. The worst latency of each kind tells of the stop.
  The copies take turns with the same data.

  Every value is verified: by key and checksum, and it may not be older than a
  Put that was acknowledged before the Get began. The snapshot must have its
  digest, pass bbolt's check, and have all values. etcd's hash of a revision
  must be the same after the Defragment, and the space of the replaced file come
  back. Servers of both copies are killed before the rename, between rename and
  swap, and after the swap: the original checks the data, by bbolt's check and
  by starting a server that must have every acknowledged Put and the same hash.
  What is wrong ends the program with status 1. So does a test of etcd's that
  fails in a copy and not in the original.

  Puts wait for the copy in all three. etcd's own pull request 22425 changes
  that: it copies beside writes, catches up in a short stop, and waits for
  snapshots in that stop.
`,
	Vars: map[string]string{
		"rounds": "3",
		"short":  "a minute: -size is 64MB, -snapshot is 2s, -rounds is 1, unless they are given",
		"disk":   "for three copies of the data, and one of a file of -size more: about 6 times -size, and 1 GB",
	},
	Do: compare,
}

func main() { etcd.Main() }

func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if err := refusal(runtime.GOOS); err != nil {
		return err
	}
	plan, stages := plan, o.stages()
	if o.Busted {
		plan.Arms = slices.Clone(plan.Arms)
		last := &plan.Arms[len(plan.Arms)-1]
		last.Tests, stages = append(slices.Clip(last.Tests), busted), 2
	}
	return plan.Do(ctx, &o.Options, stages, stdout, stderr, func(p *pair.Pair) error {
		if o.Busted {
			return bust(ctx, p)
		}
		workers, err := p.Workers(ctx, workerFolder)
		if err != nil {
			return err
		}
		r := newReport(o, p)
		members, err := prepare(ctx, o, p, workers)
		if err != nil {
			return err
		}
		if r.Scenarios, err = measure(ctx, o, p, members); err != nil {
			return err
		}
		if r.Crashes, err = crash(ctx, o.Crashes, p, members); err != nil {
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
		return r.Suites.Err("etcd")
	})
}

// refusal says why the load can't be run on a system.
func refusal(system string) error {
	if system == "windows" {
		return errors.New("this load doesn't run on windows, which doesn't rename over a file that is open: the patched defrag does")
	}
	return nil
}

// busted breaks the rule that a database is not closed while a transaction is
// about to begin in it.
var busted = patch.Func(backendFile, "(*backend).Snapshot").Replace(`err := b.dbs.Do(func(db *bolt.DB) (err error) {
		tx, err = db.Begin(false)
		return err
	})`, `var db *bolt.DB
	err := b.dbs.Do(func(present *bolt.DB) error { db = present; return nil })
	time.Sleep(50 * time.Millisecond)
	tx, err = db.Begin(false)`)

// bust has a test look for what is broken.
func bust(ctx context.Context, p *pair.Pair) error {
	p.Begin("building the broken copy")
	if err := p.Patched().Build(ctx); err != nil {
		return err
	}
	p.Begin("trying the broken copy")
	if _, err := p.Patched().Run(ctx, "-test.run=^TestLoadDefrag$", "-test.timeout=2m"); err != nil {
		return fmt.Errorf("a transaction began in a database that is closed: %w", err)
	}
	return errors.New("the patch's rule was broken, and no test has noticed")
}
