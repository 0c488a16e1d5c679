// Package progress shows a person how far a program is, and stays silent for everybody else.
package progress

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A Bar is a line that fills up. It belongs to one goroutine.
type Bar struct {
	bar *progressbar.ProgressBar // nil: nobody is looking
}

// NewBar returns a Bar of total steps on w, which shows nothing unless w is a terminal.
func NewBar(w io.Writer, total int) *Bar {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &Bar{}
	}
	return &Bar{bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false),
	)}
}

// Describe says what is being done.
func (b *Bar) Describe(what string) {
	if b.bar != nil {
		b.bar.Describe(what)
	}
}

// Step adds n steps. Errors are the terminal's and of no interest to the work that is shown.
func (b *Bar) Step(n int) {
	if b.bar != nil {
		_ = b.bar.Add(n)
	}
}

// Close takes the line away.
func (b *Bar) Close() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
