package program

import "io"

// Stages is Progress for a program whose steps differ: begin says which one
// begins, and end takes the bar away.
func Stages(stages int, w io.Writer) (begin func(stage string), end func()) {
	bar, first := NewBar(w, stages), true
	return func(stage string) {
		bar.Describe(stage)
		if !first {
			bar.Step()
		}
		first = false
	}, bar.Clear
}
