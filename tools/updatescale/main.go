// Updatescale measures what an update costs under hazard pointers and the mechanisms they compete with, how soon the old object ends after its last reader has left, and how
// much garbage a reader can pin. It is the kernel's rcuscale for Go, and stands beside refscale, which measures the readers:
//
//	go run ./tools/updatescale -h
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"hazptr/tools/internal/report"
)

func main() {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	status := make(chan int, 1)
	go func() { status <- program(os.Args[1:], os.Stdout, os.Stderr) }()
	select {
	case s := <-status:
		os.Exit(s)
	case <-interrupt:
		fmt.Fprintln(os.Stderr, "\nupdatescale: interrupted: figures are printed only when all runs are done")
		os.Exit(130)
	}
}

// program returns the exit status.
func program(args []string, stdout, stderr io.Writer) int {
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
	series := newSeries(&o.config)
	set, err := series.run(progress(series.steps(), stderr))
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
