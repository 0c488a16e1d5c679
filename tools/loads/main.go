// Loads runs the programs beside it and prints one table of them. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "loads", args, stdout, stderr, parseOptions, runAll)
}

// runAll runs the loads. One that fails doesn't keep the others from running.
func runAll(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return err
	}
	if o.out != "" { // better now than after some minutes
		if err := checkFolder(o.out, o.loads); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
	}
	_, remove, err := command.WorkFolder(os.TempDir(), "hazptr-loads-*") // for what the loads would leave
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	begin, end := program.Stages(len(o.loads), stderr)
	defer end()
	var all []*summary.Summary
	var failed []error
	for _, l := range o.loads {
		begin(l.title())
		s, err := l.run(ctx, library, o.full)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && !s.OK {
			err = fmt.Errorf("%s: it says that something is wrong", l.title())
		}
		if err != nil {
			failed = append(failed, err)
		} else {
			all = append(all, s)
		}
	}
	end()
	if len(all) > 0 {
		if err := writeTable(stdout, all); err != nil {
			return err
		}
		where := "There are no pictures, since -out is empty."
		if o.out != "" {
			if err := writeFiles(o.out, all); err != nil {
				return fmt.Errorf("-out: %w", err)
			}
			where = fmt.Sprintf("The pictures are in %s.", o.out)
		}
		if _, err := fmt.Fprintln(stdout, where); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}
