// Mmdb looks IP addresses up in a memory-mapped MaxMind database that is replaced while it is read, and compares ways of keeping the old mapping until its
// last reader has left. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
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
		fmt.Fprintf(stderr, "mmdb: %v\nmmdb -h tells more.\n", err)
		return exitUsage
	}

	err = compareWays(ctx, o, args, stdout, stderr)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "mmdb: interrupted")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "mmdb: %v\n", err)
	if errors.As(err, new(unusable)) {
		return exitUsage
	}
	return exitFailure
}

// compareWays measures and prints.
func compareWays(ctx context.Context, o *options, args []string, stdout, stderr io.Writer) error {
	t, err := prepare(ctx, o, stderr)
	if err != nil {
		return err
	}
	if os.Getenv(apartVariable) != "" {
		return inChild(ctx, t, o, stdout)
	}
	results, err := measure(ctx, t, o, args, stderr)
	if err != nil {
		return err
	}
	report, err := newReport(o, t, results)
	if err != nil {
		return err
	}
	return report.write(stdout, o.format)
}
