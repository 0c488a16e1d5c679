// Refscale measures what a read costs under hazard pointers, the mechanisms they compete with, and a plain atomic load, which is the limit. It
// is the kernel's refscale for Go:
//
//	go run ./tools/refscale -h
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"hazptr/internal/command"
	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/report"
)

func main() { command.Main(run) }

// run is the program. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, status := parse(args, stdout, stderr)
	if o == nil {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintln(stderr, "refscale:", err)
		return 1
	}
	if o.svg != "" {
		if err := report.CheckPicture(o.svg); err != nil {
			fmt.Fprintln(stderr, "refscale: -svg:", err)
			return 2
		}
	}
	if o.against != nil {
		return o.against.Main(ctx, "refscale", "ns per read and core", progress(o.against.Steps(), stderr), stdout, stderr)
	}
	series := bench.NewSeries(o.config)
	set, err := series.Run(ctx, progress(series.Steps(), stderr))
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "refscale: interrupted: figures are printed only when all runs are done")
		return command.Interrupted
	}
	if err != nil {
		return fail(err)
	}
	if err := o.format.Write(stdout, set); err != nil {
		return fail(err)
	}
	if o.svg != "" {
		if err := report.Picture(o.svg, set); err != nil {
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
