package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
)

// apartVariable is set in the environment of the process that checks.
const apartVariable = "HAZPTR_VET_APART"

// apart checks in a child process. The go command that loads packages is not
// ours to end, but it is in the child's group.
func apart(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintln(stderr, "hazptrvet:", err)
		return command.Usage
	}
	program, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	_, remove, err := command.WorkFolder(os.TempDir(), "hazptrvet-*")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = remove() }()
	child := command.Child(ctx, program, args...)
	child.Args[0] = os.Args[0]
	child.Env = append(os.Environ(), apartVariable+"=1")
	child.Stdout, child.Stderr = stdout, stderr
	err = child.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "hazptrvet: interrupted")
		return command.Interrupted
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode()
	case err != nil:
		return fail(err)
	}
	return 0
}

// profiles are the flags that name a file to write.
var profiles = []string{"cpuprofile", "memprofile", "trace"}

// checkFiles refuses paths that must not be opened.
func checkFiles(args []string) error {
	for i, arg := range args {
		if strings.HasSuffix(arg, ".go") || strings.HasSuffix(arg, ".cfg") {
			// A package's path, and a folder's, may end so.
			if info, err := os.Stat(arg); err == nil && !info.IsDir() {
				if err := filecheck.ForReading(arg); err != nil {
					return err
				}
			}
		}
		flag, isFlag := strings.CutPrefix(arg, "-")
		name, value, given := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
		if !isFlag || !slices.Contains(profiles, name) {
			continue
		}
		if !given && i+1 < len(args) {
			value = args[i+1]
		}
		if err := filecheck.ForWriting(value); err != nil {
			return fmt.Errorf("-%s: %w", name, err)
		}
	}
	return nil
}
