package pair

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
)

// A Worker is a program that is built with a Copy.
type Worker struct {
	*Copy
	File string
}

// Workers builds the program in a folder of the library, a module apart, with
// each copy. That is a stage for each.
func (p *Pair) Workers(ctx context.Context, module string) (workers []*Worker, err error) {
	for _, c := range p.Copies {
		p.Begin("building the " + c.Name)
		w, err := c.Worker(ctx, module)
		if err != nil {
			return nil, err
		}
		workers = append(workers, w)
	}
	return workers, nil
}

// Worker builds the program with the copy, and with further flags for go build.
func (c *Copy) Worker(ctx context.Context, module string, flags ...string) (*Worker, error) {
	w := &Worker{c, filepath.Join(c.folder, "worker")}
	return w, c.Source.Build(ctx, module, w.File, flags...)
}

// Figures runs it to its end, and reads what it prints as JSON into figures.
func (w *Worker) Figures(ctx context.Context, figures any, args ...string) error {
	out, err := w.Output(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, figures); err != nil {
		return fmt.Errorf("%s: figures of the worker: %w", w.Name, err)
	}
	return nil
}

// Output runs it to its end, and returns what it prints.
func (w *Worker) Output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := command.Child(ctx, w.File, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, w.Failed(err, stderr.String())
	}
	return out, nil
}

// linesOfCrash are shown of what a worker that crashes writes.
const linesOfCrash = 30

// Failed says how it ended.
func (w *Worker) Failed(err error, stderr string) error {
	stderr = strings.TrimSpace(stderr)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && stderr != "" {
		return fmt.Errorf("%s: %s", w.Name, stderr) // it says what is wrong
	}
	return fmt.Errorf("%s: the worker crashed: %w\n%s", w.Name, err, FirstLines(stderr, linesOfCrash))
}
