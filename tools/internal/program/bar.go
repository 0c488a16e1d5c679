package program

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	barWidth = 10
	barRoom  = barWidth + 10 // with its ends and the percentage
	columns  = 80            // of a terminal that doesn't say
)

// A Bar shows how far a program is, if its writer is a terminal. One goroutine
// at a time uses it, and it starts none.
type Bar struct {
	bar      *progressbar.ProgressBar
	terminal *os.File
}

// NewBar returns a bar of so many steps.
func NewBar(w io.Writer, steps int, options ...progressbar.Option) *Bar {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return &Bar{}
	}
	return &Bar{progressbar.NewOptions(steps, append([]progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
	}, options...)...), f}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Announce writes what begins to a file that is no terminal. Where a Bar shows
// it, nothing is written.
func Announce(w io.Writer, what string) {
	if f, ok := w.(*os.File); ok && !isTerminal(f) {
		fmt.Fprintln(f, what, "...")
	}
}

// Describe says what is being done, as far as it fits on the line.
func (b *Bar) Describe(what string) {
	if b.bar == nil {
		return
	}
	width, _, err := term.GetSize(int(b.terminal.Fd()))
	if err != nil || width == 0 {
		width = columns
	}
	b.bar.Describe(cut(what, width-barRoom))
}

// cut returns a text that has no more characters than there is room for.
func cut(text string, room int) string {
	if letters := []rune(text); len(letters) > room {
		return string(letters[:max(0, room-1)]) + "…"
	}
	return text
}

// Step moves the bar.
func (b *Bar) Step() {
	if b.bar != nil {
		_ = b.bar.Add(1)
	}
}

// At moves the bar to where so many steps are done, and says what is being done
// then.
func (b *Bar) At(done int, what string) {
	if b.bar != nil {
		_ = b.bar.Set(done)
		b.Describe(what)
	}
}

// Clear takes the bar away. The next step brings it back.
func (b *Bar) Clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
