package program

import (
	"slices"

	"github.com/alecthomas/kong"
)

// A Line, where options embed it, knows the command line.
type Line struct{ words []string }

// AfterApply is for kong, which calls it when it has read the command line.
func (l *Line) AfterApply(ctx *kong.Context) error {
	l.words = slices.Clone(ctx.Args)
	return nil
}

// Words returns the words of the command line, without the program's name. An
// option that was given one dash has two.
func (l *Line) Words() []string { return l.words }
