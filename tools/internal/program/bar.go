package program

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A Bar shows how far a program is, if its writer is a terminal. One goroutine
// uses it, and nothing runs meanwhile.
type Bar struct{ bar *progressbar.ProgressBar }

// NewBar returns a bar of so many steps.
func NewBar(w io.Writer, steps int, options ...progressbar.Option) *Bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &Bar{}
	}
	return &Bar{progressbar.NewOptions(steps, append([]progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(40),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
	}, options...)...)}
}

// Describe says what is being done.
func (b *Bar) Describe(what string) {
	if b.bar != nil {
		b.bar.Describe(what)
	}
}

// Step moves the bar.
func (b *Bar) Step() {
	if b.bar != nil {
		_ = b.bar.Add(1)
	}
}

// Clear takes the bar away. The next step brings it back.
func (b *Bar) Clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
