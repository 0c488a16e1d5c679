package pair

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/perf/benchfmt"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/patch"
)

// A Copy is one of a Pair.
type Copy struct {
	Name    string
	Source  *patch.Source
	Package string
	Change  patch.Change // by the edits

	folder string // of what is built with it
}

// Lines are how many lines were changed in a Copy.
type Lines struct {
	Arm     string `json:"arm"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
}

func (l Lines) String() string {
	return fmt.Sprintf("%s: +%d −%d lines", l.Arm, l.Added, l.Removed)
}

// Lines returns how many lines were changed.
func (c *Copy) Lines() Lines { return Lines{c.Name, c.Change.Added, c.Change.Removed} }

// test is the file of its test program.
func (c *Copy) test() string { return filepath.Join(c.folder, "test") }

// Build builds its test program. What is the same in both copies is built once:
// -trimpath leaves the folder out of what the build cache knows it by.
func (c *Copy) Build(ctx context.Context) error {
	if _, err := c.Source.Go(ctx, "test", "-c", "-vet=off", "-trimpath", "-o", c.test(), c.Package); err != nil {
		return fmt.Errorf("building the %s: %w", c.Name, err)
	}
	return nil
}

// Run runs the test program with args, which are those of a test binary.
func (c *Copy) Run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := command.Child(ctx, c.test(), args...)
	cmd.Dir = filepath.Join(c.Source.Dir, c.Package)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", c.Name, err, FirstLines(string(out), 40))
	}
	return out, nil
}

// Bench runs benchmarks and returns nanoseconds per operation by name: without
// "Benchmark", with the number of CPUs behind it where it is not 1, as in
// "Lookup/own-2".
func (c *Copy) Bench(ctx context.Context, args ...string) (map[string]float64, error) {
	out, err := c.Run(ctx, append([]string{"-test.run=^$"}, args...)...)
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	for reader := benchfmt.NewReader(bytes.NewReader(out), c.Name); reader.Scan(); {
		result, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		if ns, ok := result.Value("sec/op"); ok {
			found[string(result.Name)] = ns * 1e9
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no benchmark has run:\n%s", c.Name, FirstLines(string(out), 40))
	}
	return found, nil
}

// FirstLines returns so many lines of a text that may have more.
func FirstLines(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > n {
		lines = append(lines[:n], "...")
	}
	return strings.Join(lines, "")
}
