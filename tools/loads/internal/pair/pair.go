// Package pair compares a module with a patched copy of it.
package pair

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/patch"
)

// A Pair is two copies of a module. They differ in the edits alone, but for the
// tests that are added to them.
type Pair struct {
	Original, Patched *Copy
	Change            patch.Change // by the edits
	Folder            string       // that both are in

	Begin func(stage string) // says what is done
	End   func()             // takes what Begin says away
}

// A Plan says what to copy, and what to do with the copies.
type Plan struct {
	Name    string // of the load
	Module  patch.Module
	Package string // whose tests are built, as in "./pkg/sentry/kernel"
	Edits   []patch.Edit
	Both    []patch.Edit // tests that both copies get
	Before  []patch.Edit // that the original gets
	After   []patch.Edit // that the patched copy gets
}

// Do makes the pair in a folder that it removes, and has do work with it, which
// begins so many stages. With -diff it prints what the edits change, and that
// is all.
func (p Plan) Do(ctx context.Context, o *Options, stages int, stdout, stderr io.Writer, do func(*Pair) error) (err error) {
	folder, remove, err := command.WorkFolder(o.Dir, "hazptr-"+p.Name+"-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	begin, end := program.Stages(1+stages, stderr)
	defer end()
	begin("copying " + p.Module.Path)
	made, err := p.Make(ctx, folder)
	if err != nil {
		return err
	}
	if o.Diff {
		end()
		_, err := io.WriteString(stdout, made.Change.Diff)
		return err
	}
	made.Begin, made.End = begin, end
	return do(made)
}

// Make copies the module twice into a folder, and edits the copies.
func (p Plan) Make(ctx context.Context, folder string) (*Pair, error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return nil, err
	}
	made := &Pair{Folder: folder}
	for _, c := range []struct {
		name  string
		to    **Copy
		edits []patch.Edit
	}{
		{"original", &made.Original, p.Before},
		{"patched", &made.Patched, p.After},
	} {
		// bbolt's failpoints need the folder to have the package's name.
		source, err := p.Module.Copy(ctx, filepath.Join(folder, c.name, path.Base(p.Module.Path)))
		if err != nil {
			return nil, err
		}
		*c.to = &Copy{Name: c.name, Source: source, Package: p.Package, test: filepath.Join(folder, c.name+".test")}
		if c.name == "patched" {
			if made.Change, err = source.Apply(p.Edits...); err != nil {
				return nil, err
			}
		}
		if _, err := source.Apply(append(p.Both, c.edits...)...); err != nil {
			return nil, err
		}
	}
	_, err = made.Patched.Source.Go(ctx, "mod", "edit", "-require=hazptr@v0.0.0", "-replace=hazptr="+library)
	return made, err
}

// Copies returns both, the original first.
func (p *Pair) Copies() []*Copy { return []*Copy{p.Original, p.Patched} }

// Suites runs tests that both copies have, with go test's args. That is a stage
// for each.
func (p *Pair) Suites(ctx context.Context, args ...string) (found Suites, err error) {
	for _, c := range p.Copies() {
		p.Begin("the tests of the " + c.Name)
		s, err := c.Test(ctx, args...)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}
