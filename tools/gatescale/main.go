// Gatescale puts two usage gates side by side: package gate, on hazard pointers, and the one that the Linux block layer has, on percpu_ref.
//
//	go run ./tools/gatescale -h
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"hazptr/internal/command"
	"hazptr/tools/internal/machine"
)

const (
	mostEach    = 100_000   // runs, and freezes in a run
	mostFreezes = 1_000_000 // of each kind in all, of which each takes 0.2 ms or more
)

func main() { command.Main(run) }

const help = `Gatescale puts two usage gates side by side: hazptr/gate, in which each pass is
a hazard pointer, and the one that the Linux block layer has in each request
queue, in which each pass is a reference that a percpu_ref counts.

usage: gatescale [flags]

WHAT IS MEASURED
  enter and exit   ns for TryEnter and Exit of an open gate, per goroutine and
                   core, by 1 goroutine and by 2, each pinned to a CPU if there
                   are as many. It is what refscale measures of gate and
                   gate-percpu, with its load of a pointer and of a field in
                   between, some 0.3 ns. While 1000 passes are held: without
                   these two loads, by 1 goroutine that is not pinned.
  freeze           µs from the beginning of the last Exit to the return of the
                   Freeze that waits for it, with so many passes held when it
                   begins; that of waking a goroutine is in it. With none held,
                   from the beginning of Freeze. The last three rows are after
                   1000 have been held: a gate on hazard pointers looks at all
                   slots that were ever in use.
  lines of code    of each gate's package, without tests, comments and empty
                   lines. What they stand on is not counted. Needs the go
                   command and the source; "-" without them.
  The gates take turns. Of enter and exit the minimum of all runs is compared,
  since shared hosts change between speeds; of freeze the median.

FLAGS
  -nruns N         runs of each (15)
  -freezes N       freezes of each kind in a run (100)
  -format FORMAT   table or csv (table)
  -h               this text

EXAMPLES
  gatescale
  gatescale -nruns 50 -format csv
`

// run is the program. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gatescale", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	nruns := flags.Int("nruns", 15, "")
	freezes := flags.Int("freezes", 100, "")
	format := flags.String("format", "table", "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, help)
		return 0
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q; all options are flags", flags.Arg(0))
	case *nruns < 1 || *nruns > mostEach:
		err = fmt.Errorf("-nruns: %d is not between 1 and %d", *nruns, mostEach)
	case *freezes < 1 || *freezes > mostEach:
		err = fmt.Errorf("-freezes: %d is not between 1 and %d", *freezes, mostEach)
	case *freezes > mostFreezes / *nruns:
		err = fmt.Errorf("-nruns %d and -freezes %d make more than %d freezes of each kind: lower one of them", *nruns, *freezes, mostFreezes)
	case *format != "table" && *format != "csv":
		err = fmt.Errorf("-format: %q is none of table, csv", *format)
	}
	if err != nil {
		fmt.Fprintf(stderr, "gatescale: %v\ngatescale -h explains the flags\n", err)
		return 2
	}
	r, err := newReport(ctx, *nruns)
	if err == nil {
		err = r.measure(ctx, *nruns, *freezes)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "gatescale: interrupted: figures are printed only when all runs are done")
		return command.Interrupted
	}
	if err != nil {
		fmt.Fprintln(stderr, "gatescale:", err)
		return 1
	}
	if *format == "csv" {
		fmt.Fprintln(stdout, r.table().RenderCSV())
		return 0
	}
	m := machine.This()
	fmt.Fprintf(stdout, "%d runs, %s, %s/%s, %s, cores: %d\n\n%s\n", *nruns, m.Go, m.OS, m.Arch, m.CPU, m.Cores, r.table().Render())
	return 0
}
