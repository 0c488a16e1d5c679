// Gatescale puts two usage gates side by side: package gate, on hazard pointers, and the one that the Linux block layer has, on percpu_ref.
//
//	go run ./tools/gatescale -h
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"hazptr/tools/internal/machine"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const help = `Gatescale puts two usage gates side by side: hazptr/gate, in which each pass is a
hazard pointer, and the one that the Linux block layer has in each request queue,
in which each pass is a reference that a percpu_ref counts.

usage: gatescale [flags]

WHAT IS MEASURED
  enter and exit   ns for TryEnter and Exit of an open gate, per goroutine and
                   core, by 1 goroutine, by 2, and by 1 while 1000 passes are held.
  freeze           µs from the beginning of the last Exit to the return of the
                   Freeze that waits for it, with so many passes held when it
                   begins; with none held, from the beginning of Freeze. The last
                   three rows are after 1000 have been held: a gate on hazard
                   pointers looks at all slots that were ever in use.
  lines of code    of each gate's package, without tests, comments and empty lines.
                   Needs the go command and the source; "-" without them.
  The gates take turns, in each run. Of enter and exit the minimum of all runs is
  compared, since shared hosts change between speeds; of freeze the median.

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
func run(args []string, stdout, stderr io.Writer) int {
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
	case *nruns < 1 || *nruns > 100_000:
		err = fmt.Errorf("-nruns: %d is not between 1 and 100000", *nruns)
	case *freezes < 1 || *freezes > 100_000:
		err = fmt.Errorf("-freezes: %d is not between 1 and 100000", *freezes)
	case *format != "table" && *format != "csv":
		err = fmt.Errorf("-format: %q is none of table, csv", *format)
	}
	if err != nil {
		fmt.Fprintf(stderr, "gatescale: %v\ngatescale -h explains the flags\n", err)
		return 2
	}
	r, err := newReport(*nruns)
	if err != nil {
		fmt.Fprintln(stderr, "gatescale:", err)
		return 1
	}
	r.measure(*nruns, *freezes)
	if *format == "csv" {
		fmt.Fprintln(stdout, r.table().RenderCSV())
		return 0
	}
	m := machine.This()
	fmt.Fprintf(stdout, "%d runs, %s, %s/%s, %s, cores: %d\n\n%s\n", *nruns, m.Go, m.OS, m.Arch, m.CPU, m.Cores, r.table().Render())
	return 0
}
