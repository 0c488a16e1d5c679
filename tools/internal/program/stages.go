package program

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Stages is Progress for a program whose steps differ: begin says which one
// begins, and end takes the bar away.
func Stages(stages int, w io.Writer) (begin func(stage string), end func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(string) {}, func() {}
	}
	bar := progressbar.NewOptions(stages,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
	)
	begun := 0
	return func(stage string) {
		bar.Describe(stage)
		_ = bar.Set(begun)
		begun++
	}, func() { _ = bar.Clear() }
}
