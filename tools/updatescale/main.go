// Updatescale measures what an update costs under hazard pointers and the mechanisms they compete with, how soon the old object ends after its last reader has left, and how
// much garbage a reader can pin. It is the kernel's rcuscale for Go, and stands beside refscale, which measures the readers:
//
//	go run ./tools/updatescale -h
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"hazptr/internal/command"
	"hazptr/tools/internal/report"
)

func main() { command.Main(program) }

// program returns the exit status.
func program(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, status := parse(args, stdout, stderr)
	if o == nil {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintln(stderr, "updatescale:", err)
		return 1
	}
	if o.svg != "" {
		if err := report.CheckPicture(o.svg); err != nil {
			fmt.Fprintln(stderr, "updatescale: -svg:", err)
			return 2
		}
	}
	if o.against != nil {
		return o.against.Main(ctx, "updatescale", "what an update costs", progress(o.against.Steps(), stderr), stdout, stderr)
	}
	series := newSeries(&o.config)
	set, err := series.run(ctx, progress(series.steps(), stderr))
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "updatescale: interrupted: figures are printed only when all runs are done")
		return command.Interrupted
	}
	if err != nil {
		return fail(err)
	}
	if err := o.format.write(stdout, set); err != nil {
		return fail(err)
	}
	if o.svg != "" {
		if err := picture(o.svg, set); err != nil {
			return fail(err)
		}
	}
	return 0
}

// progress returns what moves the bar on w by a step, if w is a terminal. It draws only when it is called: nothing may run meanwhile.
func progress(steps int, w io.Writer) func() {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	bar := progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("measuring"),
		progressbar.OptionSetWidth(40),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
	)
	return func() { bar.Add(1) }
}
