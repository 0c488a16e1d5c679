package main

import (
	"bufio"
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
	"hazptr/internal/explore/overlay"
	"hazptr/internal/explore/scenario"
	"hazptr/tools/internal/mutant"
)

// A build makes test programs in which the library announces its steps.
type build struct {
	source string // the library's folder
	folder string // for what is built
	flags  []string
}

// newBuild writes an overlay into a folder, of the library as change makes it.
func newBuild(source, folder string, change func(path, text string) string) (*build, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file, err := overlay.Write(source, folder, change)
	if err != nil {
		return nil, err
	}
	return &build{source, folder, []string{"-overlay", file, "-tags", overlay.Tags}}, nil
}

// program builds the tests of a package, whose folder below the library's it is
// given.
func (b *build) program(ctx context.Context, pkg string) (string, error) {
	path := filepath.Join(b.folder, strings.ReplaceAll(pkg, "/", "_")+".test")
	args := append([]string{"test", "-c", "-o", path}, b.flags...)
	if out, err := mutant.Go(ctx, b.source, append(args, "./"+pkg)...); err != nil {
		return "", errors.Join(ctx.Err(), fmt.Errorf("the scenarios of %s do not build: %w\n%s", pkg, err, out))
	}
	return path, nil
}

// A test is a test function that explores scenarios.
type test struct {
	pkg, program, name string
}

// tests returns those of the programs of some packages.
func (b *build) tests(ctx context.Context, packages []string) (all []test, err error) {
	for _, pkg := range packages {
		program, err := b.program(ctx, pkg)
		if err != nil {
			return nil, err
		}
		out, err := command.Child(ctx, program, "-test.list", "^TestExplore").Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pkg, err)
		}
		for _, name := range strings.Fields(string(out)) {
			all = append(all, test{pkg, program, name})
		}
	}
	return all, nil
}

// A run is what a test has found.
type run struct {
	test
	scenarios []scenario.Explored
	output    string
	failed    bool
}

// run runs the test, or the part of it that a pattern tells, with flags.
func (t test) run(ctx context.Context, pattern string, flags ...string) (r run, err error) {
	r = run{test: t}
	lines, err := os.CreateTemp(filepath.Dir(t.program), "explored-*")
	if err != nil {
		return r, err
	}
	defer os.Remove(lines.Name())
	defer lines.Close()
	args := append([]string{"-test.run", pattern, "-test.v", "-test.timeout", "0", "-explore.json", lines.Name()}, flags...)
	out, err := command.Child(ctx, t.program, args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &exit):
		r.failed = true
	case err != nil:
		return r, err
	}
	r.output = string(out)
	for line := bufio.NewReader(lines); ; {
		text, err := line.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) == 0 {
			return r, nil
		}
		var s scenario.Explored
		if err := errors.Join(err, json.Unmarshal(text, &s)); err != nil {
			return r, err
		}
		r.scenarios = append(r.scenarios, s)
	}
}
