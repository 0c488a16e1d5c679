package program

import (
	"fmt"
	"io"
	"os"
)

// Stages is Progress for a program whose steps differ: begin says which one
// begins, and end takes the bar away. A file that is no terminal gets the first
// stage alone, and a Relay gets each.
func Stages(stages int, w io.Writer) (begin func(stage string), end func()) {
	begun := 0
	counted := func(stage string) string {
		begun++
		return fmt.Sprintf("%d of %d: %s", begun, stages, stage)
	}
	if os.Getenv(relayVariable) != "" {
		return func(stage string) { fmt.Fprintln(w, relayPrefix+counted(stage)) }, func() {}
	}
	bar := NewBar(w, stages)
	return func(stage string) {
		if begun == 0 {
			Announce(w, stage)
		}
		text := counted(stage)
		bar.At(begun-1, text)
	}, bar.Clear
}
