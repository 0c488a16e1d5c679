package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hazptr/internal/command"
)

type options struct {
	dir       string
	benchtime time.Duration
	rounds    int
	busted    bool
	sandbox   bool
	diff      bool
	short     bool
	format    string
	args      []string // as given
}

const introduction = `fdtable takes gVisor's table of file descriptors, whose every lookup takes and drops a reference to the file (three locked
operations), and a copy of it in which a task looks files up by a hazard pointer of its own, and runs both: lookups of one
file by all CPUs, of one by each, and of one that is replaced meanwhile; files that are replaced, opened and closed, and
tables that grow as processes fork and are dropped as they exit. Beside the two stand a read lock around each use of a file,
and a percpu_ref of the library for each.

Usage: go run ./tools/loads/fdtable [flags]

    go run ./tools/loads/fdtable            a minute and a half, and one more to build gVisor's kernel the first time
    go run ./tools/loads/fdtable -sandbox   and the whole of gVisor, twice, which runs a program that asks where it stands in
                                      files; some minutes more to build it the first time, and the right to make namespaces
    go run ./tools/loads/fdtable -diff      what is changed
    go run ./tools/loads/fdtable -busted    the patch with its rule broken: must be noticed, and end with status 1

Before anything is measured readers look files up while others close them, in both copies; a file that ends while it is
used, or never, ends the program with status 1.

It needs Go 1.26.3 and Linux, as gVisor does. What runs inside gVisor's package is added to both copies, as a test.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("fdtable", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the copies, in a folder that is removed at the end; 150 MB, with -sandbox 400 MB")
	flags.DurationVar(&o.benchtime, "benchtime", 200*time.Millisecond, "how long each benchmark runs in a round")
	flags.IntVar(&o.rounds, "rounds", 5, "how many rounds, in which the copies take turns")
	flags.BoolVar(&o.busted, "busted", false, "break the patch's rule, and only look whether it is noticed")
	flags.BoolVar(&o.sandbox, "sandbox", false, "run whole sandboxes, too, for 5 times -benchtime in each round")
	flags.BoolVar(&o.diff, "diff", false, "only print what is changed")
	flags.BoolVar(&o.short, "short", false, "the default -benchtime is 20ms, in 2 of -rounds")
	flags.StringVar(&o.format, "format", "table", "`table` or json")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, command.ErrHelp
	} else if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if o.short && !given["benchtime"] {
		o.benchtime = 20 * time.Millisecond
	}
	if o.short && !given["rounds"] {
		o.rounds = 2
	}
	return o, o.check(flags.Args())
}

// steps returns how many steps there are to do.
func (o *options) steps() int {
	n := 6 + 2*o.rounds
	if o.sandbox {
		n += 2
	}
	return n
}

func (o *options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", strings.Join(rest, " "))
	}
	if o.rounds < 1 || o.rounds > 1000 {
		return fmt.Errorf("-rounds %d: must be from 1 to 1000", o.rounds)
	}
	if o.benchtime < time.Millisecond || o.benchtime > time.Hour {
		return fmt.Errorf("-benchtime %v: must be from 1ms to an hour", o.benchtime)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	return nil
}
