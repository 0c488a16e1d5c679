// Mmdb looks IP addresses up in a memory-mapped MaxMind database that is replaced while it is read, and compares ways of keeping the old mapping until its
// last reader has left. Its -h tells more.
package main

import (
	"context"
	"io"
	"os"

	"hazptr/internal/command"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "mmdb", args, stdout, stderr, parseOptions, compareWays)
}

// compareWays measures and prints.
func compareWays(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	t, err := prepare(ctx, o, stderr)
	if err != nil {
		return err
	}
	if os.Getenv(apartVariable) != "" {
		return inChild(ctx, t, o, stdout)
	}
	results, err := measure(ctx, t, o, o.args, stderr)
	if err != nil {
		return err
	}
	report, err := newReport(o, t, results)
	if err != nil {
		return err
	}
	return report.write(stdout, o.format)
}
