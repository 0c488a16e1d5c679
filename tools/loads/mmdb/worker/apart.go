package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/latency"
)

// apartVariable is set in the environment of a child process that runs a way
// which crashes.
const apartVariable = "HAZPTR_MMDB_APART"

// An ending tells how a child process ended.
type ending struct {
	Way      string        `json:"way"`
	How      string        `json:"how"`
	After    time.Duration `json:"after_ns"`
	Findings []string      `json:"findings"` // of which it could tell
}

func (e *ending) String() string {
	s := fmt.Sprintf("%s: %s after %s", e.Way, e.How, latency.Text(e.After))
	if len(e.Findings) > 0 {
		s += "; before that: " + strings.Join(e.Findings, ", ")
	}
	return s
}

// inChild runs one round of a way that crashes. It writes a line when it
// begins, and one for the first finding of each kind: a crash leaves no time to
// look back.
func inChild(ctx context.Context, t *trial, o *options, stdout io.Writer) error {
	if _, err := fmt.Fprintln(stdout, "began"); err != nil {
		return err
	}
	t.duration = o.Duration
	t.first = func(f finding, _ string) error {
		_, err := fmt.Fprintln(stdout, f)
		return err
	}
	_, err := t.round(ctx, cell{Kind: lookups, Rate: o.Reloads, Way: o.Ways[0]})
	return err
}

// runApart runs the way in a child process, which gets the same arguments, and
// tells how it ended.
func runApart(ctx context.Context, way string, args []string) (*ending, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args = append(slices.Clone(args), "--ways", way)
	child := command.Program(ctx, program, args...)
	child.Env = append(os.Environ(), apartVariable+"=1", "GOTRACEBACK=none")
	var stderr bytes.Buffer
	child.Stderr = &stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, err
	}

	var seen []string
	var began time.Time
	// The end of the process says why it ends.
	for in := bufio.NewScanner(stdout); in.Scan(); {
		if began.IsZero() {
			began = time.Now()
		} else {
			seen = append(seen, in.Text())
		}
	}
	after := time.Since(began)
	err = child.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	how, err := howEnded(err, stderr.String())
	if err == nil && began.IsZero() {
		err = fmt.Errorf("child process did not begin: %s: %s", how, strings.TrimSpace(stderr.String()))
	}
	if err != nil {
		return nil, err
	}
	return &ending{Way: way, How: how, After: after, Findings: seen}, nil
}

var (
	signalLine = regexp.MustCompile(`(?m)^\[signal (\w+)|^(Exception 0x\w+)`)
	panicLine  = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*`)
)

// howEnded finds the reason in what Go's runtime writes when it dies. That
// catches the signals of bad memory accesses and exits with a status.
func howEnded(err error, stderr string) (string, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "survived", nil
	case !errors.As(err, &exit):
		return "", err
	case exit.ExitCode() == command.Failure:
		return "", fmt.Errorf("child process: %s", strings.TrimSpace(stderr))
	}
	if found := signalLine.FindStringSubmatch(stderr); found != nil {
		return found[1] + found[2], nil
	}
	if line := panicLine.FindString(stderr); line != "" {
		return line, nil
	}
	return exit.String(), nil
}
