// Bbolt compares bbolt, whose remap waits for all readers, with a patched copy in which each mapping ends with its last reader. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/progress"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "bbolt", args, stdout, stderr, parseOptions, compare)
}

// compare does what the options say, in a folder that it removes.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	if err := refusal(runtime.GOOS); err != nil {
		return err
	}
	folder, remove, err := command.WorkFolder(o.dir, "hazptr-bbolt-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()

	bar := progress.NewBar(stderr, o.steps())
	defer bar.Close()
	bar.Describe("copying bbolt")
	programs, change, err := copies(ctx, folder)
	if err != nil {
		return err
	}
	if o.diff {
		_, err := io.WriteString(stdout, change.Diff)
		return err
	}
	bar.Describe("building")
	for _, p := range programs {
		if err := p.build(ctx); err != nil {
			return err
		}
		bar.Step(1)
	}

	r := newReport(o, change)
	if r.Scenarios, err = measure(ctx, o, programs, folder, bar); err != nil {
		return err
	}
	if r.Crashes, err = crash(ctx, o.crashes, programs, folder, bar); err != nil {
		return err
	}
	if r.Suites, err = suites(ctx, o, programs, bar); err != nil {
		return err
	}
	bar.Close()
	r.conclude()
	if err := r.write(stdout, o.format); err != nil {
		return err
	}
	return r.err()
}

// refusal says why the load can't be run on a system.
func refusal(system string) error {
	switch system {
	case "linux", "darwin", "freebsd", "netbsd":
		return nil
	}
	return fmt.Errorf("this load doesn't run on %s: bbolt maps files in its own way there, and what is changed was made for the way of Linux, macOS, FreeBSD and NetBSD", system)
}
