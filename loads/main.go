// Loads runs the programs beside it and prints one table of them. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"hazptr/loads/internal/patch"
	"hazptr/loads/internal/progress"
	"hazptr/loads/internal/summary"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130 // as shells have it for Ctrl-C
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if errors.Is(err, errHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "loads: %v\nloads -h tells more.\n", err)
		return exitUsage
	}
	err = runAll(ctx, o, stdout, stderr)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "loads: interrupted")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "loads: %v\n", err)
	return exitFailure
}

// runAll runs the loads. One that fails doesn't keep the others from running.
func runAll(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	library, err := patch.Library(ctx)
	if err != nil {
		return err
	}
	if o.out != "" { // better now than after some minutes
		if err := os.MkdirAll(o.out, 0o755); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
	}
	bar := progress.NewBar(stderr, len(o.loads))
	defer bar.Close()
	var all []*summary.Summary
	var failed []error
	for _, l := range o.loads {
		bar.Describe(l.title())
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
		bar.Step(1)
	}
	bar.Close()
	if len(all) > 0 {
		if err := writeTable(stdout, all); err != nil {
			return err
		}
		if o.out != "" {
			if err := writeFiles(o.out, all); err != nil {
				return fmt.Errorf("-out: %w", err)
			}
			if _, err := fmt.Fprintf(stdout, "The pictures are in %s.\n", o.out); err != nil {
				return err
			}
		}
	}
	return errors.Join(failed...)
}
