package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"hazptr/internal/command"
)

type options struct {
	dir         string
	grow        int64
	long        []int
	hold        time.Duration
	readers     int
	duration    time.Duration
	rounds      int
	crashes     int
	tests, race bool
	diff, short bool
	format      string
	args        []string // as given, like the two below
	growGiven   string
	longGiven   string
}

const introduction = `bbolt maps its data file. When the file outgrows the mapping, the writer maps it anew, for which it waits until every open
read transaction has ended; those who want to begin one wait behind it. One long reader and one growing file stop all
reads. This program takes bbolt ` + bboltVersion + ` and a copy of it in which each mapping is an object that ends with its last transaction,
held by a hazard pointer, and runs both: a writer, short readers, and readers that stay.

Usage: go run ./tools/loads/bbolt [flags]

    go run ./tools/loads/bbolt                                          about a minute
    go run ./tools/loads/bbolt -grow 1GB -duration 60s -rounds 1        a file from 1 MB to 1 GB, six minutes
    go run ./tools/loads/bbolt -tests -race                             bbolt's own tests, too, on both; some minutes more
    go run ./tools/loads/bbolt -diff                                    what is changed

A View reads the newest value and one that is drawn, and verifies them by key and checksum. It is timed from the end of the
reader's previous one, so it has all that held the reader up. A reader that waits does no Views meanwhile: the worst one and how
many are done tell of it, the p99.9 hardly does. How many more Views the patched program does depends on how often a file is remapped:
here the writer does nothing but let it grow, from 1 MB again and again, which is the worst for the original; the larger a file is,
the longer it takes until it outgrows the next mapping, which is twice as large up to 1 GB. An update is a commit of 256 values of 1000 bytes. A file that has
reached its limit is closed and a new one begun. A long reader's transaction reads and verifies every 5 ms for as long as it is open.

A worker that reads something wrong, crashes, or has the file mapped after Close, ends the program with status 1. So does a file that is not whole
after its worker was killed (-crashes; the original checks it, by bbolt's own check and value by value; all
commits that the worker had seen must be in it), and a test of bbolt's that fails in the copy and not in the original.
(With -race, bbolt's TestIssue72 has a race of its own, in both.) A power cut is not tried: bbolt's tests for that need device mapper.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("bbolt", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the copies and the data file, in a folder that is removed at the end")
	flags.StringVar(&o.growGiven, "grow", "64MB", "`size` at which a file has grown enough, with kB, MB or GB")
	flags.StringVar(&o.longGiven, "long", "0,1,16", "how many readers stay: `numbers`, with commas between, each for measurements of its own")
	flags.DurationVar(&o.hold, "hold", time.Second, "how long these keep a transaction open")
	flags.IntVar(&o.readers, "readers", max(1, runtime.GOMAXPROCS(0)/2), "how many goroutines do Views; half of GOMAXPROCS unless given")
	flags.DurationVar(&o.duration, "duration", 9*time.Second, "how long each program runs with each number of long readers, all rounds together")
	flags.IntVar(&o.rounds, "rounds", 3, "how many rounds the duration is divided into, in which all take turns")
	flags.IntVar(&o.crashes, "crashes", 3, "how often to kill a worker of the patched program while it writes, and check the file")
	flags.BoolVar(&o.tests, "tests", false, "run bbolt's tests on both (go test -short ./..., with its failpoints)")
	flags.BoolVar(&o.race, "race", false, "run them with the race detector, too")
	flags.BoolVar(&o.diff, "diff", false, "only print what is changed")
	flags.BoolVar(&o.short, "short", false, "half a minute in place of a minute: the default -duration is 2s, in 1 of -rounds, with 1 of -crashes")
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
	if o.short {
		for name, value := range map[string]string{"duration": "2s", "rounds": "1", "crashes": "1"} {
			if !given[name] {
				if err := flags.Set(name, value); err != nil {
					return nil, err
				}
			}
		}
	}
	return o, o.check(flags.Args())
}

const (
	leastGrow = 2_000_000
	mostGrow  = 100_000_000_000
	mostLong  = 1000
)

func (o *options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", strings.Join(rest, " "))
	}
	var err error
	if o.grow, err = parseSize(o.growGiven); err != nil {
		return fmt.Errorf("-grow %w", err)
	}
	for text := range strings.SplitSeq(o.longGiven, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > mostLong {
			return fmt.Errorf("-long %s: %q is not a number from 0 to %d", o.longGiven, text, mostLong)
		}
		o.long = append(o.long, n)
	}
	for _, limit := range []struct {
		name            string
		value, min, max int
	}{
		{"readers", o.readers, 1, 1000},
		{"rounds", o.rounds, 1, 1000},
		{"crashes", o.crashes, 0, 1000},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return fmt.Errorf("-%s %d: must be from %d to %d", limit.name, limit.value, limit.min, limit.max)
		}
	}
	if least := time.Duration(o.rounds) * 100 * time.Millisecond; o.duration < least {
		return fmt.Errorf("-duration %v: must be at least 100ms for each of the %d rounds", o.duration, o.rounds)
	}
	if o.hold <= 0 {
		return fmt.Errorf("-hold %v: must be more than 0", o.hold)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	return nil
}

// parseSize reads a number of bytes with its unit.
func parseSize(text string) (int64, error) {
	number, unit := text, 1.0
	for suffix, factor := range map[string]float64{"kB": 1e3, "MB": 1e6, "GB": 1e9} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = rest, factor
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) {
		return 0, fmt.Errorf("%q: want a number of bytes, or one with kB, MB or GB, such as 64MB", text)
	}
	if n*unit < leastGrow || n*unit > mostGrow {
		return 0, fmt.Errorf("%s: must be from 2MB to 100GB", text)
	}
	return int64(n * unit), nil
}

// steps is how far the progress bar goes.
func (o *options) steps() int {
	steps := 2 + o.crashes + 2*len(o.long)*o.rounds
	if o.tests {
		steps += 2
	}
	if o.race {
		steps += 2
	}
	return steps
}
