// Mmdb looks IP addresses up in a memory-mapped MaxMind database that is
// replaced while it is read, and compares ways of keeping the old mapping until
// its last reader has left:
//
//	go run ./tools/loads/mmdb -h
//
// The program in the folder above builds and runs it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/summary"
)

type options struct {
	Ways     chosen         `name:"ways" default:"all" group:"Work:" help:"ways to run, separated by commas; all: each"`
	Readers  int            `name:"readers" default:"${processors}" between:"1,10000" group:"Work:" help:"goroutines that look up; GOMAXPROCS unless given"`
	Reloads  int            `name:"reloads" default:"100" between:"1,100000" group:"Work:" help:"how often per second the database is replaced"`
	HTTP     bool           `name:"http" group:"Work:" help:"look up behind an HTTP server; the default -duration is 10s then, for 1000 reloads"`
	Database program.InFile `name:"db" placeholder:"FILE" group:"Database:" help:"look up in this database, of any shape, instead of a generated one"`
	Networks int            `name:"networks" default:"200000" between:"1,5000000" group:"Database:" help:"how many networks a generated database has"`
	Heap     int            `name:"heap" default:"64" between:"0,1048576" group:"Database:" help:"MiB of live Go heap that the program holds besides, as a server does: the more, the longer the garbage collector, and with it the way gc, may wait"`

	contest.Options
}

// Check looks at the options together.
func (o *options) Check() error {
	if o.HTTP && !o.Has("duration") {
		o.Duration = 10 * time.Second
	}
	return o.Settle(time.Second, 2, time.Millisecond)
}

var mmdb = program.Program[options]{
	Name: "mmdb",
	Purpose: `Mmdb looks IP addresses up in a memory-mapped MaxMind database while an updater
replaces it, in several ways of keeping a mapping until its last reader has
left. Old mappings are really unmapped: a reader that is too late crashes the
program, or finds another file's bytes at the same address.`,
	Examples: []string{
		"mmdb                                      less than a minute",
		"mmdb -http                                more than a minute",
		"mmdb -db GeoLite2-City.mmdb -reloads 10",
		"mmdb -short -ways hazptr,rwmutex -format json",
		"mmdb -ways unsafe",
	},
	Details: "\nWays:\n" + contest.List(ways) + `
Database:
  Without -db it generates a database of made-up networks, in three editions
  that differ in a number that every record carries, and keeps them in your
  cache folder. With -db it maps that file again and again. A lookup then reads
  the whole record, whatever it has, and not some fields of it.

What is checked:
  Every answer is compared with the one that a copy of the file in memory has
  for the same address, and its edition with that of the database that was
  asked. With -db all mappings hold the same bytes, so there only crashes,
  errors and the mark that a database gets before it is unmapped tell of late
  readers. Any such finding ends the program with status 1, but for the way
  unsafe, where it is what is to be shown.

What is measured:
  A lookup is timed from the end of the reader's previous one: it includes
  finding and releasing the database, decoding the record, checking it, and
  whatever held the reader up. A reload is timed as the updater sees it, from
  opening the next file to being free for other work. The way mapped has a path
  of its own, where a rename puts a symbolic link to the next edition before
  each reload: that is what another program does, and no part of the reload. Its
  mappings count as unmapped when Drain has returned, which waits for older
  ones, too.

  With -http a lookup is a request: each reader is a client that keeps one
  connection to a server of this process, which answers in JSON. hazptr has a
  Holder for each connection.

  The ways take turns in rounds. Lookups per second are the median round's, with
  the slowest and fastest. Where one way was ahead in some rounds and behind in
  others, the verdict is that no difference was seen. Behind an HTTP server that
  is to be expected, for a request costs a hundred lookups.
`,
	Vars: map[string]string{
		"duration": "6s", "rounds": "4", "each": "each way runs",
		"short": "the default -duration is 1s, in 2 of -rounds",
	},
	Do: compare,
}

func main() { mmdb.Main() }

// compare measures and prints.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	t, err := prepare(ctx, o, stderr)
	if err != nil {
		return err
	}
	if os.Getenv(apartVariable) != "" {
		return inChild(ctx, t, o, stdout)
	}
	results, endings, err := measure(ctx, t, o, stderr)
	if err != nil {
		return err
	}
	r, err := newReport(o, t, results, endings)
	if err != nil {
		return err
	}
	return summary.Write(stdout, o.Format, r)
}

// prepare finds or makes the editions, and the questions.
func prepare(ctx context.Context, o *options, stderr io.Writer) (*trial, error) {
	t := &trial{readers: o.Readers, http: o.HTTP, duration: o.Round(), first: stopAtFirst}
	if o.Database != "" {
		path, err := filepath.Abs(string(o.Database))
		if err == nil {
			// As the kernel names it among a process's mappings.
			path, err = filepath.EvalSymlinks(path)
		}
		if err != nil {
			return nil, command.UsageError{Err: fmt.Errorf("-db: %w", err)}
		}
		t.editions = []edition{{path: path}}
	} else {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("no folder to keep a generated database in: %w; -db takes one of yours", err)
		}
		if t.editions, err = generatedEditions(ctx, filepath.Join(cache, "hazptr"), o.Networks, stderr); err != nil {
			return nil, fmt.Errorf("generating a database: %w", err)
		}
	}
	var err error
	if t.questions, err = questionsFor(ctx, t.editions[0]); err != nil && o.Database != "" && ctx.Err() == nil {
		return nil, command.UsageError{Err: fmt.Errorf("-db: %w", err)}
	}
	return t, err
}

// measure runs all rounds of all ways, and then the one that crashes.
func measure(ctx context.Context, t *trial, o *options, stderr io.Writer) (results []contest.Result, endings []*ending, err error) {
	var together, apart chosen
	for _, w := range o.Ways {
		if w.Name == crashing {
			apart = append(apart, w)
		} else {
			together = append(together, w)
		}
	}
	cells := contest.Cells([]contest.Kind{lookups}, []int{o.Reloads}, together)
	begin, end := program.Stages(o.Rounds*len(cells)+len(apart), stderr)
	defer end()

	// Never touched, so it takes no memory, but the collector reckons with it.
	ballast := make([]byte, o.Heap<<20)
	defer runtime.KeepAlive(ballast)

	if results, err = contest.Hold(ctx, o.Rounds, cells, begin, t.round); err != nil {
		return nil, nil, err
	}
	for _, w := range apart {
		begin("measuring " + w.Name)
		e, err := runApart(ctx, w.Name, o.Words())
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", w.Name, err)
		}
		endings = append(endings, e)
	}
	return results, endings, nil
}

// lookups are what is done, of which each is timed.
var lookups = contest.Kind{Text: "lookups per second", Together: 1}
