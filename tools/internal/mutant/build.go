package mutant

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"

	"hazptr/internal/command"
)

// Go runs the go command in the source's folder, and returns what it prints.
// When ctx has ended, the error is its.
func Go(ctx context.Context, source string, args ...string) ([]byte, error) {
	cmd := command.Child(ctx, "go", args...)
	cmd.Dir = source
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return out, err
}

// Build builds a program with the flags, unless it is there, and returns its
// path, which ends as programs do here.
func Build(ctx context.Context, source, path, pkg string, flags ...string) (string, error) {
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	args := append([]string{"build", "-o", path}, flags...)
	if out, err := Go(ctx, source, append(args, pkg)...); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return path, nil
}

// dying is how a Go program says why it dies, with the line that comes after
// it.
var dying = regexp.MustCompile(`(?m)^(panic: |fatal error: |unexpected fault address|WARNING: DATA RACE|reftorture: ).*(\n.*)?`)

// Why returns the lines by which a program that has died says why.
func Why(output string) string {
	if why := dying.FindString(output); why != "" {
		return strings.TrimSpace(strings.ReplaceAll(why, "\n", " "))
	}
	return "no reason is known"
}
