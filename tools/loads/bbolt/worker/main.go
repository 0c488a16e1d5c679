// Worker lets a bbolt database grow while it reads it, and checks all that it reads. The program in the folder above builds it with the original bbolt and with the patched one,
// and runs it. Its standard output is the run's figures.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var w work
	var check bool
	var atLeast uint64
	flags := flag.NewFlagSet("worker", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&w.file, "file", "", "the database")
	flags.Int64Var(&w.limit, "grow", 64<<20, "`bytes` of the file at which a new one is begun")
	flags.IntVar(&w.readers, "readers", max(1, runtime.GOMAXPROCS(0)/2), "how many goroutines run one short read transaction after the other")
	flags.IntVar(&w.long, "long", 0, "how many run long ones")
	flags.DurationVar(&w.hold, "hold", time.Second, "how long those stay open")
	flags.DurationVar(&w.duration, "duration", 3*time.Second, "how long to work")
	flags.BoolVar(&w.noSync, "nosync", false, "leave the disk out: commits don't wait for it")
	flags.BoolVar(&w.resume, "resume", false, "work on in the file if it is there, and say of each commit how many values it has made durable")
	flags.BoolVar(&check, "check", false, "only check the file, with bbolt's own check and value by value")
	flags.Uint64Var(&atLeast, "atleast", 0, "the `values` that the file to be checked must have")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}

	err := func() error {
		if err := filecheck.ForReading(w.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("-file: %w", err)
		}
		if check {
			count, err := checkFile(w.file, atLeast)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, count)
			return err
		}
		f, err := w.do(ctx, stdout)
		if err != nil {
			return err
		}
		return json.NewEncoder(stdout).Encode(f)
	}()
	if err != nil {
		fmt.Fprintf(stderr, "worker: %v\n", err)
		return 1
	}
	return 0
}
