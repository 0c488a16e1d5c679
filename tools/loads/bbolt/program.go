package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/patch"
)

const bboltVersion = "v1.5.0"

var module = patch.Module{Path: "go.etcd.io/bbolt", Version: bboltVersion}

// A program is a copy of bbolt, and a worker that was built with it.
type program struct {
	name   string
	source *patch.Source
	worker string // file
}

// copies makes the original and the patched copy.
func copies(ctx context.Context, folder string) (programs []*program, change patch.Change, err error) {
	for _, name := range []string{"original", "patched"} {
		dir := filepath.Join(folder, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, change, err
		}
		// Failpoints need the folder to have the package's name.
		source, err := module.Copy(ctx, filepath.Join(dir, "bbolt"))
		if err != nil {
			return nil, change, err
		}
		programs = append(programs, &program{name: name, source: source, worker: filepath.Join(dir, "worker")})
	}
	patched := programs[1].source
	if change, err = patched.Apply(edits...); err != nil {
		return nil, change, err
	}
	library, err := patch.Library(ctx)
	if err != nil {
		return nil, change, err
	}
	return programs, change, patched.Require(ctx, "hazptr", library)
}

func (p *program) build(ctx context.Context) error {
	return p.source.Build(ctx, "./loads/bbolt/worker", p.worker, false)
}

// work runs the worker to its end and returns its figures.
func (p *program) work(ctx context.Context, args ...string) (*figures.Figures, error) {
	out, err := p.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	f := figures.New()
	if err := json.Unmarshal(out, f); err != nil {
		return nil, fmt.Errorf("%s: figures of the worker: %w", p.name, err)
	}
	return f, nil
}

func (p *program) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := command.Child(ctx, p.worker, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, p.failed(err, stderr.String())
	}
	return out, nil
}

// linesOfCrash are shown of what a worker that crashes writes.
const linesOfCrash = 30

// failed says how a worker ended.
func (p *program) failed(err error, stderr string) error {
	stderr = strings.TrimSpace(stderr)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && stderr != "" {
		return fmt.Errorf("%s: %s", p.name, stderr) // it says what is wrong
	}
	lines := strings.SplitAfter(stderr, "\n")
	if len(lines) > linesOfCrash {
		lines = append(lines[:linesOfCrash], "...")
	}
	return fmt.Errorf("%s: the worker crashed: %w\n%s", p.name, err, strings.Join(lines, ""))
}
