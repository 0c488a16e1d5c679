package program

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
)

// Progress returns what moves a bar on w by a step, if w is a terminal. It
// draws only when it is called: nothing runs meanwhile.
func Progress(steps int, w io.Writer) func() {
	return NewBar(w, steps,
		progressbar.OptionSetDescription("measuring"),
		progressbar.OptionSetPredictTime(true),
	).Step
}

// List lays out names and what they are, for the details of a help: the texts
// begin in column indent and are wrapped at 80.
func List(indent int, each func(add func(name, text string))) string {
	var b strings.Builder
	each(func(name, text string) {
		b.WriteString("  " + name + strings.Repeat(" ", max(1, indent-2-utf8.RuneCountInString(name))))
		column := indent
		for i, word := range strings.Fields(text) {
			n := utf8.RuneCountInString(word)
			switch {
			case i == 0:
			case column+1+n > 80:
				b.WriteString("\n" + strings.Repeat(" ", indent))
				column = indent
			default:
				b.WriteString(" ")
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteString("\n")
	})
	return b.String()
}
