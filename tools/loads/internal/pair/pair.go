// Package pair compares a module with patched copies of it.
package pair

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/patch"
)

// A Pair is a module as it is and one or more patched copies of it. They differ
// in the edits alone, but for the tests that are added to them.
type Pair struct {
	Copies []*Copy // by arm
	Folder string  // that all are in

	Begin func(stage string) // says what is done
	End   func()             // takes what Begin says away
}

// A Plan says what to copy, and what to do with the copies.
type Plan struct {
	Name    string // of the load
	Module  patch.Module
	Package string // whose tests are built, as in "./pkg/sentry/kernel"
	// The module as it is first, what the load is about last.
	Arms   []Arm
	Tests  []patch.Edit // that all copies get
	Export Export       // where the last arm may be exported
}

// An Arm is a copy of the module that is to be made.
type Arm struct {
	Name  string       // in reports; the folder's has hyphens for spaces
	Edits []patch.Edit // none: the module as it is
	Plain bool         // the edits do without the library
	// That this copy gets, and that are no part of its Change.
	Tests []patch.Edit
}

// Do makes the pair in a folder that it removes, and has do work with it, which
// begins so many stages. With -diff it prints what the edits change, with
// -export it writes the last arm to a folder, and that is all.
func (p Plan) Do(ctx context.Context, o *Options, stages int, stdout, stderr io.Writer, do func(*Pair) error) (err error) {
	folder, remove, err := command.WorkFolder(o.Dir, "hazptr-"+p.Name+"-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	switch {
	case o.Export != "":
		stages = 2
	case o.Diff:
		stages = 1
	default:
		stages++
	}
	begin, end := program.Stages(stages, stderr)
	defer end()
	if o.Export != "" {
		return p.export(ctx, string(o.Export), folder, begin)
	}
	stage := "building " + p.Name + ", the first time some minutes"
	if o.Diff {
		stage = "copying " + p.Module.Path
	}
	begin(stage)
	made, err := p.Make(ctx, folder)
	if err != nil {
		return err
	}
	if o.Diff {
		end()
		_, err := io.WriteString(stdout, made.diff())
		return err
	}
	made.Begin, made.End = begin, end
	return do(made)
}

// Make copies the module into a folder, once for each arm, and edits the
// copies.
func (p Plan) Make(ctx context.Context, folder string) (*Pair, error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return nil, err
	}
	made := &Pair{Folder: folder}
	for _, arm := range p.Arms {
		name := strings.ReplaceAll(arm.Name, " ", "-")
		// bbolt's failpoints need the folder to have the package's name.
		source, err := p.Module.Copy(ctx, filepath.Join(folder, name, path.Base(p.Module.Path)))
		if err != nil {
			return nil, err
		}
		c := &Copy{Name: arm.Name, Source: source, Package: p.Package, folder: filepath.Join(folder, name)}
		made.Copies = append(made.Copies, c)
		if c.Change, err = source.Apply(arm.Edits...); err != nil {
			return nil, err
		}
		for _, tests := range [][]patch.Edit{p.Tests, arm.Tests} {
			if _, err := source.Apply(tests...); err != nil {
				return nil, err
			}
		}
		if len(arm.Edits) > 0 && !arm.Plain {
			if _, err := source.Go(ctx, "mod", "edit", "-require=hazptr@v0.0.0", "-replace=hazptr="+library); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

// Original returns the module as it is.
func (p *Pair) Original() *Copy { return p.Copies[0] }

// Patched returns the copy that the load is about.
func (p *Pair) Patched() *Copy { return p.Copies[len(p.Copies)-1] }

// diff is what the edits change, copy by copy. Where there are several, the
// copy's name stands above.
func (p *Pair) diff() string {
	if len(p.Copies) == 2 {
		return p.Patched().Change.Diff
	}
	var b strings.Builder
	for _, c := range p.Copies[1:] {
		fmt.Fprintf(&b, "%s:\n%s", c.Lines(), c.Change.Diff)
	}
	return b.String()
}

// Lines returns how many lines were changed in each patched copy.
func (p *Pair) Lines() (all []Lines) {
	for _, c := range p.Copies[1:] {
		all = append(all, c.Lines())
	}
	return all
}

// Suites runs tests that all copies have, once with each of go test's args.
// Each time is a stage for each copy.
func (p *Pair) Suites(ctx context.Context, all ...[]string) (found Suites, err error) {
	for _, args := range all {
		for _, c := range p.Copies {
			p.Begin("the tests of the " + c.Name)
			s, err := c.Test(ctx, args...)
			if err != nil {
				return nil, err
			}
			found = append(found, s)
		}
	}
	return found, nil
}
