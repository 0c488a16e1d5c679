// Package patch takes a program that we did not write out of the module cache,
// edits a copy of it, and runs the go command there. The edits are found by
// their text, not by line number: one that no longer fits fails, and names the
// place where it looked.
package patch

import (
	"context"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/myers"

	"hazptr/internal/command"
)

// A Source is a copy of a module that may be edited, in a folder of its own.
type Source struct {
	Module Module
	Dir    string
}

// Apply makes the edits, in their order.
func (s *Source) Apply(edits ...Edit) (Change, error) {
	before, after := map[string]string{}, map[string]string{}
	var files []string // in the order of the edits
	for _, e := range edits {
		if _, known := after[e.file]; !known {
			text, err := s.read(e)
			if err != nil {
				return Change{}, err
			}
			before[e.file], after[e.file] = text, text
			files = append(files, e.file)
		}
		text, err := e.make(after[e.file])
		if err != nil {
			return Change{}, fmt.Errorf("%v: %s: %w", s.Module, e.file, err)
		}
		after[e.file] = text
	}
	var change Change
	for _, file := range files {
		formatted, err := format.Source([]byte(after[file]))
		if err != nil {
			return Change{}, fmt.Errorf("%v: %s, after the edits: %w", s.Module, file, err)
		}
		if err := os.WriteFile(filepath.Join(s.Dir, file), formatted, 0o644); err != nil {
			return Change{}, err
		}
		//lint:ignore SA1019 udiff.Lines gives up after a hundred lines, and then counts what has not changed
		lines := myers.ComputeEdits(before[file], string(formatted))
		diff, err := udiff.ToUnified("a/"+file, "b/"+file, before[file], lines, udiff.DefaultContextLines)
		if err != nil {
			return Change{}, err
		}
		change.add(diff)
	}
	return change, nil
}

// read returns the text of the file that e is the first to edit.
func (s *Source) read(e Edit) (string, error) {
	text, err := os.ReadFile(filepath.Join(s.Dir, e.file))
	switch {
	case err == nil && e.adds:
		return "", fmt.Errorf("%v: %s: the module has this file already", s.Module, e.file)
	case err != nil && !(e.adds && os.IsNotExist(err)):
		return "", fmt.Errorf("%v: %w", s.Module, err)
	}
	return string(text), nil
}

// Command returns a go command that runs in the copy, as the module's own
// developers would run it, without a workspace.
func (s *Source) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := command.Child(ctx, "go", args...)
	cmd.Dir = s.Dir
	// -mod=mod: a requirement that was added may ask for versions that the
	// module's go.sum lacks.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "PWD="+s.Dir)
	return cmd
}

// Go runs the go command in the copy and returns what it prints.
func (s *Source) Go(ctx context.Context, args ...string) (string, error) {
	out, err := s.Command(ctx, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%v: go %s: %w\n%s", s.Module, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// A Change is what edits have done to a module.
type Change struct {
	Added, Removed int    // lines
	Diff           string // unified
}

// add adds the unified diff of a file.
func (c *Change) add(diff string) {
	c.Diff += diff
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "):
		case strings.HasPrefix(line, "+"):
			c.Added++
		case strings.HasPrefix(line, "-"):
			c.Removed++
		}
	}
}
