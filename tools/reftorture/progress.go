package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A progress is a bar on a terminal; elsewhere it is nil.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, steps int) *progress {
	f, ok := w.(*os.File)
	if !ok || steps < 2 || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionClearOnFinish(),
	)}
}

// say tells what is being done.
func (p *progress) say(what string) {
	if p != nil {
		p.bar.Describe(what)
	}
}

func (p *progress) step() {
	if p != nil {
		p.bar.Add(1)
	}
}

// end takes the bar away; the next step brings it back.
func (p *progress) end() {
	if p != nil {
		p.bar.Clear()
	}
}
