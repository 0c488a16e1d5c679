// Package pair compares a module with a patched copy of it, by tests and benchmarks that run inside the module's own package.
package pair

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/suite"
)

// A Pair is two copies of a module. They differ in the edits alone, but for the tests that are added to them.
type Pair struct {
	Original, Patched *Copy
	Change            patch.Change // by the edits
}

// A Plan says what to copy, and what to do with the copies.
type Plan struct {
	Module  patch.Module
	Package string // whose tests are built, as in "./pkg/sentry/kernel"
	Edits   []patch.Edit
	Both    []patch.Edit // tests that both copies get
	Before  []patch.Edit // that the original gets
	After   []patch.Edit // that the patched copy gets
}

// Make copies the module twice into a folder, and edits the copies.
func (p Plan) Make(ctx context.Context, folder string) (*Pair, error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return nil, err
	}
	made := &Pair{}
	for _, c := range []struct {
		name  string
		to    **Copy
		edits []patch.Edit
	}{
		{"original", &made.Original, p.Before},
		{"patched", &made.Patched, p.After},
	} {
		source, err := p.Module.Copy(ctx, filepath.Join(folder, c.name))
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
	return made, made.Patched.Source.Require(ctx, "hazptr", library)
}

// Build builds the test programs of both copies.
func (p *Pair) Build(ctx context.Context) error {
	for _, c := range p.copies() {
		if err := c.Build(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pair) copies() []*Copy { return []*Copy{p.Original, p.Patched} }

// Suites runs tests that both copies have, with go test's args.
func (p *Pair) Suites(ctx context.Context, args ...string) ([]*suite.Suite, error) {
	var found []*suite.Suite
	for _, c := range p.copies() {
		s, err := suite.Run(ctx, c.Name, c.Source, append([]string{"test"}, args...)...)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}

// Found is what rounds of benchmarks have found in a copy: nanoseconds per operation by a benchmark's name.
type Found struct {
	mu     sync.Mutex
	rounds map[string][]float64
}

// Add adds a round.
func (f *Found) Add(round map[string]float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rounds == nil {
		f.rounds = map[string][]float64{}
	}
	for name, ns := range round {
		f.rounds[name] = append(f.rounds[name], ns)
	}
}

// Of returns the rounds of a benchmark, of which there must be some.
func (f *Found) Of(name string) ([]float64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.rounds[name]) == 0 {
		return nil, fmt.Errorf("no benchmark %q has run", name)
	}
	return f.rounds[name], nil
}
