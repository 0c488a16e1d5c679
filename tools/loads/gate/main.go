// Gate does I/O through a queue that is frozen and changed under load, and
// compares ways to keep I/O out meanwhile:
//
//	go run ./tools/loads/gate -h
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/summary"
)

type options struct {
	Ways    chosen `name:"ways" default:"all" group:"Work:" help:"ways to run, separated by commas; all: each that works"`
	IO      done   `name:"io" default:"all" group:"Work:" help:"kinds of I/O, separated by commas; all: each"`
	Workers int    `name:"workers" default:"${processors}" between:"1,1000" group:"Work:" help:"goroutines that do I/O; GOMAXPROCS unless given"`
	Freezes int    `name:"freezes" default:"100" between:"0,100000" group:"Work:" help:"how often per second the queue is frozen"`
	Folder  string `name:"dir" default:"${temporary}" group:"Work:" help:"where the files are, in a folder that is removed at the end"`

	contest.Options
}

// Check looks at the options together.
func (o *options) Check() error { return o.Settle(time.Second, 3, 10*time.Millisecond) }

var gate = program.Program[options]{
	Name: "gate",
	Purpose: `Gate does I/O on a real file through a queue that is frozen again and again, to
put another file in the place of the present one: what the Linux block layer has
its q_usage_counter for. An I/O enters a gate and leaves it. What freezes the
queue waits until no I/O is inside.`,
	Examples: []string{
		"gate",
		"gate -short -ways hazptr,percpu_ref -io empty",
		"gate -freezes 1000 -format json",
		"gate -ways busted",
	},
	Details: "\nWays:\n" + contest.List(ways) + `
Kinds of I/O:
  empty  nothing is done inside, so entering and leaving is all that is measured
  small  512 bytes are read
  mixed  4 kB are read, or one time in four written
  The files are in the page cache.

What is checked:
  Files are changed for real: the next one gets the descriptor that the one
  before had. An I/O that is inside when it must not be finds another file's
  block, or writes one there, or sees that the queue is frozen. Blocks have
  marks and checksums, and all are read at the end. Any such finding ends the
  program with status 1. -ways busted shows it.

What is measured:
  An I/O is timed from the end of the worker's previous one, of empty ones 64
  together: whatever held it up counts. A freeze is timed until no I/O is
  inside. The ways take turns in rounds. I/Os per second are the median round's.
  Where one way was ahead in some rounds and behind in others, the verdict is
  that no difference was seen.
`,
	Vars: map[string]string{
		"duration": "3s", "rounds": "6", "each": "each way runs with each kind",
		"short": "the default -duration is 1s, in 3 of -rounds",
	},
	Do: compare,
}

func main() { gate.Main() }

// compare measures, in a folder that it removes, and prints.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	folder, remove, err := command.WorkFolder(o.Folder, "hazptr-gate-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	cells := contest.Cells(o.IO, []int{o.Freezes}, o.Ways)
	t := &trial{folder: folder, workers: o.Workers, duration: o.Round()}
	begin, end := program.Stages(o.Rounds*len(cells), stderr)
	results, err := contest.Hold(ctx, o.Rounds, cells, begin, t.round)
	end()
	if err != nil {
		return err
	}
	r := newReport(o, results)
	return summary.Write(stdout, o.Format, r)
}
