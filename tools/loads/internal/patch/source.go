// Package patch takes a program that we did not write out of the module cache,
// edits a copy of it, and runs the go command there. The edits are found by
// their text, not by line number: one that no longer fits fails, and names the
// place where it looked.
package patch

import (
	"context"
	"errors"
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
		if err := change.add(file, before[file], string(formatted)); err != nil {
			return Change{}, err
		}
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

// Require has the module require the library, which is in the folder dir, and
// builds a package of it. That may raise versions in go.mod, the Go version
// among them. It returns what has become of go.mod and go.sum.
func (s *Source) Require(ctx context.Context, dir, pkg string) (change Change, err error) {
	files := []string{"go.mod", "go.sum"}
	before := map[string]string{}
	for _, name := range files {
		if before[name], err = s.text(name); err != nil {
			return Change{}, err
		}
	}
	for _, args := range [][]string{{"mod", "edit", "-require=hazptr@v0.0.0", "-replace=hazptr=" + dir}, {"build", "-o", os.DevNull, pkg}} {
		if _, err := s.Go(ctx, args...); err != nil {
			return Change{}, err
		}
	}
	for _, name := range files {
		after, err := s.text(name)
		if err != nil {
			return Change{}, err
		}
		if after != before[name] {
			change.add(name, before[name], after)
		}
	}
	return change, nil
}

// text returns what is in a file, which may be missing.
func (s *Source) text(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(s.Dir, name))
	if os.IsNotExist(err) {
		err = nil
	}
	return string(text), err
}

// CopyTo copies the copy to the folder dir, which is made, or is there and has
// nothing in it. If it fails, or is interrupted, nothing is left in it.
func (s *Source) CopyTo(ctx context.Context, dir string) error {
	_, forget, err := command.Temporary(func() (string, error) { return dir, os.MkdirAll(dir, 0o777) })
	if err != nil {
		return err
	}
	defer forget()
	if err := os.CopyFS(dir, until{os.DirFS(s.Dir), ctx}); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}

// A Change is what edits have done to a module.
type Change struct {
	Added, Removed int    // lines
	Diff           string // unified
}

// add adds what has become of a file, which is new if there was nothing before.
func (c *Change) add(file, before, after string) error {
	old := "a/" + file
	if before == "" {
		old = "/dev/null" // as patch and git know a new file
	}
	//lint:ignore SA1019 udiff.Lines gives up after a hundred lines, and then counts what has not changed
	lines := myers.ComputeEdits(before, after)
	diff, err := udiff.ToUnified(old, "b/"+file, before, lines, udiff.DefaultContextLines)
	if err != nil {
		return err
	}
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
	return nil
}
