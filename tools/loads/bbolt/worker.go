package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
)

// A worker is a program that is built with a copy of bbolt.
type worker struct {
	*pair.Copy
	file string
}

// workersOf returns those of both copies, the original's first.
func workersOf(p *pair.Pair) (workers []*worker) {
	for _, c := range p.Copies() {
		workers = append(workers, &worker{c, filepath.Join(p.Folder, c.Name, "worker")})
	}
	return workers
}

func (w *worker) build(ctx context.Context) error {
	return w.Source.Build(ctx, "tools/loads/bbolt/worker", w.file)
}

// work runs it to its end and returns its figures.
func (w *worker) work(ctx context.Context, args ...string) (*figures.Figures, error) {
	out, err := w.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	f := figures.New()
	if err := json.Unmarshal(out, f); err != nil {
		return nil, fmt.Errorf("%s: figures of the worker: %w", w.Name, err)
	}
	return f, nil
}

func (w *worker) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := command.Child(ctx, w.file, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, w.failed(err, stderr.String())
	}
	return out, nil
}

// linesOfCrash are shown of what a worker that crashes writes.
const linesOfCrash = 30

// failed says how a worker ended.
func (w *worker) failed(err error, stderr string) error {
	stderr = strings.TrimSpace(stderr)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && stderr != "" {
		return fmt.Errorf("%s: %s", w.Name, stderr) // it says what is wrong
	}
	return fmt.Errorf("%s: the worker crashed: %w\n%s", w.Name, err, pair.FirstLines(stderr, linesOfCrash))
}
