package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/kopia/internal/figures"
)

// A scenario is a kind of listing in a repository of some format, and what each
// copy did with it in all rounds.
type scenario struct {
	version int
	verify  bool
	arms    []*arm
}

// An arm is what a copy did in a scenario.
type arm struct {
	Name  string `json:"name"`
	Alive int    `json:"alive"` // runs
	Died  int    `json:"died"`
	Hung  int    `json:"hung"`

	// Of the runs in which it stayed alive.
	Figures *figures.Figures `json:"figures"`
	Worst   []float64        `json:"worst_lookup_ms"` // likewise, one of each
}

// scenariosOf returns the scenarios that the options ask for.
func scenariosOf(o *options) (all []*scenario) {
	for _, version := range o.Versions {
		for _, verify := range []bool{false, true} {
			if !verify || !o.Busted {
				all = append(all, &scenario{version: version, verify: verify})
			}
		}
	}
	return all
}

func (s *scenario) String() string {
	if s.verify {
		return fmt.Sprintf("format %d, verifying", s.version)
	}
	return fmt.Sprintf("format %d, listing", s.version)
}

// patched is what the copy did that the load is about.
func (s *scenario) patched() *arm { return s.arms[len(s.arms)-1] }

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) ([]*scenario, error) {
	for _, version := range o.Versions {
		p.Begin(fmt.Sprintf("making a repository of format %d", version))
		if err := makeRepository(ctx, workers[0], repositoryOf(p, version), version, o.Contents); err != nil {
			return nil, err
		}
	}
	scenarios := scenariosOf(o)
	for _, s := range scenarios {
		for _, w := range workers {
			s.arms = append(s.arms, &arm{Name: w.Name, Figures: figures.New()})
		}
	}
	for _, i := range rounds.Order(o.Rounds, len(workers)*len(scenarios)) {
		s, which := scenarios[i/len(workers)], i%len(workers)
		w := workers[which]
		p.Begin(fmt.Sprintf("%v, %s", s, w.Name))
		if err := s.run(ctx, o, p, w, s.arms[which]); err != nil {
			return nil, fmt.Errorf("%v: %w", s, err)
		}
	}
	return scenarios, nil
}

func repositoryOf(p *pair.Pair, version int) string {
	return filepath.Join(p.Folder, fmt.Sprintf("repository%d", version))
}

func makeRepository(ctx context.Context, w *pair.Worker, folder string, version, contents int) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	_, err := w.Output(ctx, "-make", "-folder", folder, "-version", fmt.Sprint(version), "-contents", fmt.Sprint(contents))
	return err
}

// run runs a worker on a copy of the repository, and adds what came of it.
func (s *scenario) run(ctx context.Context, o *options, p *pair.Pair, w *pair.Worker, a *arm) (err error) {
	folder := filepath.Join(p.Folder, "run")
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.CopyFS(folder, os.DirFS(repositoryOf(p, s.version))); err != nil {
		return err
	}
	args := []string{
		"-folder", folder, "-version", fmt.Sprint(s.version), "-listing", o.Listing.String(), "-every", o.Every.String(), "-duration", o.Duration.String(),
	}
	if s.verify {
		args = append(args, "-verify")
	}
	f, err := attend(ctx, w, always(o.Patience), args...)
	return a.add(f, err)
}

// add adds what came of a run: its figures, or an error that a copy may end
// with.
func (a *arm) add(f *figures.Figures, err error) error {
	switch {
	case errors.Is(err, errDied) && a.Name == "original":
		a.Died++
		return nil
	case errors.Is(err, errHung) && a.Name == "locked":
		a.Hung++
		return nil
	case err != nil:
		return err
	}
	a.Alive++
	a.Figures.Merge(f)
	a.Worst = append(a.Worst, float64(f.Lookups.Worst())/1e6)
	return nil
}
