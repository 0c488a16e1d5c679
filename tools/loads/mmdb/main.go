// Mmdb looks IP addresses up in a memory-mapped MaxMind database that is
// replaced while it is read, and compares ways of keeping the old mapping until
// its last reader has left:
//
//	go run ./tools/loads/mmdb -h
//
// The program is in the folder worker, a module apart: what reads and writes
// such databases is downloaded only when this one builds and runs it.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/patch"
)

func main() { command.Main(run) }

// run runs the worker with these arguments, and returns its status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	// The worker reads them.
	words := func(args []string, _ io.Writer) ([]string, error) { return args, nil }
	failed := command.Run(ctx, "mmdb", args, stdout, stderr, words, func(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
		status, err = work(ctx, args, stdout, stderr)
		return err
	})
	return max(status, failed)
}

// work builds the worker in a folder that it removes, and runs it.
func work(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	folder, remove, err := command.WorkFolder(os.TempDir(), "hazptr-mmdb-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	file := filepath.Join(folder, "mmdb")
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	begin, end := program.Stages(1, stderr)
	begin("building mmdb, the first time some minutes")
	err = patch.Build(ctx, "tools/loads/mmdb/worker", file)
	end()
	if err != nil {
		return 0, err
	}
	cmd := command.Program(ctx, file, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil // it has said why
	}
	return 0, err
}
