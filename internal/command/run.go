// Package command is the frame of a program of this project: its flags, its
// signals, its child processes, and how it ends.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// How a program ends, but for 0.
const (
	Failure     = 1
	Usage       = 2
	Interrupted = 130 // as shells have it for Ctrl-C
)

// ErrHelp says that the flags asked for help, which was given.
var ErrHelp = errors.New("help")

// A UsageError is a mistake of the user's that shows only when the program
// runs. The program ends with Usage.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Run parses args and does what they say; parse prints help to stdout. Errors
// go to stderr, under the program's name. Run returns the program's exit
// status.
func Run[O any](ctx context.Context, name string, args []string, stdout, stderr io.Writer,
	parse func(args []string, stdout io.Writer) (O, error), do func(ctx context.Context, o O, stdout, stderr io.Writer) error) int {
	o, err := parse(args, stdout)
	if errors.Is(err, ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n%s -h tells more.\n", name, err, name)
		return Usage
	}
	err = do(ctx, o, stdout, stderr)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		fmt.Fprintf(stderr, "%s: interrupted\n", name)
		return Interrupted
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	if errors.As(err, new(UsageError)) {
		return Usage
	}
	return Failure
}
