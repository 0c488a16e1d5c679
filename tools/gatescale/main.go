// Gatescale puts two usage gates side by side: package gate, on hazard
// pointers, and the one that the Linux block layer has, on percpu_ref.
//
//	go run ./tools/gatescale -h
package main

import (
	"context"
	"fmt"
	"io"

	"hazptr/tools/internal/program"
	"hazptr/tools/internal/report"
)

type options struct {
	Runs    int    `name:"nruns" default:"15" between:"1,100000" help:"runs of each gate"`
	Freezes int    `name:"freezes" default:"100" between:"1,100000" help:"freezes of each kind in a run"`
	Format  string `name:"format" default:"table" enum:"table,json" help:"table or json"`
}

// Of each kind in all. Each takes 0.2 ms or more.
const mostFreezes = 1_000_000

// Check looks at the options together.
func (o *options) Check() error {
	if o.Freezes > mostFreezes/o.Runs {
		return fmt.Errorf("-nruns %d and -freezes %d make more than %d freezes of each kind: lower one of them", o.Runs, o.Freezes, mostFreezes)
	}
	return nil
}

var gatescale = program.Program[options]{
	Name: "gatescale",
	Purpose: `Gatescale puts two usage gates side by side: hazptr/gate, in which each pass is
a hazard pointer, and the one that the Linux block layer has in each request
queue, in which each pass is a reference that a percpu_ref counts.`,
	Examples: []string{"gatescale", "gatescale -nruns 50 -format json"},
	Details: `
What is measured:
  enter and exit   ns for TryEnter and Exit of an open gate, per goroutine and
                   core, by 1 goroutine and by 2, each pinned to a CPU if there
                   are as many. It is what refscale measures of gate and
                   gate-percpu, with its load of a pointer and of a field in
                   between, some 0.3 ns. While 1000 passes are held: without
                   these two loads, by 1 goroutine that is not pinned.
  freeze           µs from the beginning of the last Exit to the return of the
                   Freeze that waits for it, with so many passes held when it
                   begins; waking a goroutine is a part of it. With none held,
                   from the beginning of Freeze. The last three rows are after
                   1000 have been held: a gate on hazard pointers looks at all
                   slots that were ever in use.
  lines of code    of each gate's package, without tests, comments and empty
                   lines. What they stand on is not counted. Needs the go
                   command and the source; "-" without them.
  The gates take turns. Of enter and exit the minimum of all runs is compared,
  since shared hosts change between speeds; of freeze the median. Figures are
  printed only when all runs are done.
`,
	Do: measure,
}

func main() { gatescale.Main() }

func measure(ctx context.Context, o *options, stdout, _ io.Writer) error {
	c, err := compare(ctx, o.Runs, o.Freezes)
	if err != nil {
		return err
	}
	return report.Write(stdout, o.Format, c.rows(), func(rows []row) string { return table(o.Runs, rows) }, nil)
}
