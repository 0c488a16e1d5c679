// Package program is the frame of the programs of this module: options that are
// a struct's fields, help, a bar that shows progress, and how a program ends.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"hazptr/internal/command"
)

// A Program tells of itself. Its options are the fields of an O, with kong's
// tags: help, default, group, enum. between:"1,100" bounds a number, those of a
// list, or a duration. ${processors} is GOMAXPROCS, ${temporary} the folder of
// temporary files. If *O has a method Check() error, that looks at the options
// together.
type Program[O any] struct {
	Name     string
	Purpose  string            // begins the help
	Examples []string          // two or more lines
	Details  string            // ends the help
	Vars     map[string]string // that tags refer to, as in ${name}

	Do func(ctx context.Context, o *O, stdout, stderr io.Writer) error
}

// Main runs the program, and ends the process.
func (p Program[O]) Main() { command.Main(p.Run) }

// Run runs the program with these arguments, and returns its status.
func (p Program[O]) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, p.Name, args, stdout, stderr, p.Parse, p.Do)
}

// Parse returns the options, or command.ErrHelp when it has printed the help.
func (p Program[O]) Parse(args []string, stdout io.Writer) (*O, error) {
	o, helped := new(O), false
	parser, err := kong.New(o,
		kong.Name(p.Name),
		kong.Description(p.Purpose+"\n\nExamples:\n  "+strings.Join(p.Examples, "\n  ")),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 80, NoAppDescFormat: true}),
		kong.Help(func(options kong.HelpOptions, ctx *kong.Context) error {
			err := kong.DefaultHelpPrinter(options, ctx)
			if p.Details != "" {
				fmt.Fprint(stdout, "\n", strings.Trim(p.Details, "\n"), "\n")
			}
			return err
		}),
		kong.Writers(stdout, stdout),
		kong.Exit(func(int) { helped = true }),
		kong.Vars{"processors": strconv.Itoa(runtime.GOMAXPROCS(0)), "temporary": os.TempDir()},
		kong.Vars(p.Vars),
		// -5 is a value, and out of bounds.
		kong.WithHyphenPrefixedParameters(true),
		kong.TypeMapper(reflect.TypeFor[int](), decoder(number[int])),
		kong.TypeMapper(reflect.TypeFor[int64](), decoder(number[int64])),
		kong.TypeMapper(reflect.TypeFor[Numbers](), decoder(numbers)),
		kong.TypeMapper(reflect.TypeFor[Bytes](), decoder(bytesOf)),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), decoder(duration)),
	)
	if err != nil {
		return nil, err
	}
	args = longNames(args)
	_, err = parser.Parse(args)
	if helped {
		return nil, command.ErrHelp
	}
	if g, ok := any(o).(interface{ set(map[string]string) }); ok {
		g.set(given(args, parser.Model.Node))
	}
	if c, ok := any(o).(interface{ Check() error }); err == nil && ok {
		err = c.Check()
	}
	if parse := (*kong.ParseError)(nil); errors.As(err, &parse) {
		err = errors.New(parse.Error())
	}
	return o, err
}

// oneDash is an option as Go's flags are written.
var oneDash = regexp.MustCompile(`^-[a-z][a-z0-9-]+(=|$)`)

// longNames gives options a second dash that have one.
func longNames(args []string) []string {
	long := make([]string, len(args))
	for i, arg := range args {
		if oneDash.MatchString(arg) {
			arg = "-" + arg
		}
		long[i] = arg
	}
	return long
}

// Given, where options embed it, knows the ones that the command line has.
type Given struct{ given map[string]string }

func (g *Given) set(given map[string]string) { g.given = given }

// Given returns the options that the command line has, by their names, with
// their values: "true" for options that have none.
func (g *Given) Given() map[string]string { return g.given }

// Has reports whether the command line has the option of that name.
func (g *Given) Has(name string) bool {
	_, has := g.given[name]
	return has
}

// given returns the options among args, which were parsed without an error.
func given(args []string, options *kong.Node) map[string]string {
	found := map[string]string{}
	for i, arg := range args {
		name, value, has := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		for _, flag := range options.Flags {
			switch {
			case !strings.HasPrefix(arg, "--") || flag.Name != name:
			case has:
				found[name] = value
			case flag.IsBool() || i+1 == len(args):
				found[name] = "true"
			default:
				found[name] = args[i+1]
			}
		}
	}
	return found
}
