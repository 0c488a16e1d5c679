package pair

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A Duel compares a module with one patched copy, by tests and benchmarks that
// run inside the module's own package.
type Duel struct {
	Plan   Plan
	Hurt   string     // what the original suffers from
	Busted patch.Edit // breaks the patch's rule
	Tests  string     // that must pass first, as -test.run has them
	Unsafe string     // what it means when they don't

	// The test binary's arguments. Each of them runs in every round.
	Benchmarks [][]string

	Comparison Comparison
	Notes      string // under the table

	// What not every load has.

	// Prepare is called before the rounds.
	Prepare func(context.Context, *Pair) error

	// How many stages Prepare begins.
	Stages int

	// What else is measured in a round.
	Round func(context.Context, *Copy) (map[string]float64, error)

	// go test's arguments for the module's own tests.
	Suite []string
}

// Run does what the options say.
func (d *Duel) Run(ctx context.Context, o *DuelOptions, stdout, stderr io.Writer) error {
	plan := d.Plan
	if o.Busted {
		plan.Arms = slices.Clone(plan.Arms)
		last := &plan.Arms[len(plan.Arms)-1]
		last.Edits = append(slices.Clip(last.Edits), d.Busted)
	}
	stages := 4 + d.Stages + 2*o.Rounds
	if d.Suite != nil {
		stages += 2
	}
	return plan.Do(ctx, &o.Options, stages, stdout, stderr, func(p *Pair) error {
		if err := d.check(ctx, o, p); err != nil {
			return err
		}
		if d.Prepare != nil {
			if err := d.Prepare(ctx, p); err != nil {
				return err
			}
		}
		original, patched, err := d.measure(ctx, o, p)
		if err != nil {
			return err
		}
		var suites Suites
		if d.Suite != nil {
			if suites, err = p.Suites(ctx, d.Suite); err != nil {
				return err
			}
		}
		p.End()
		r, err := d.Report(o, p.Patched().Change, original, patched, suites)
		if err != nil {
			return err
		}
		if err := summary.Write(stdout, o.Format, r); err != nil {
			return err
		}
		return suites.Err(d.Plan.Name)
	})
}

// check builds the copies and runs the tests that must pass.
func (d *Duel) check(ctx context.Context, o *DuelOptions, p *Pair) error {
	copies := []*Copy{p.Patched(), p.Original()}
	if o.Busted {
		copies = copies[:1]
	}
	for _, one := range copies {
		p.Begin("building the " + one.Name)
		if err := one.Build(ctx); err != nil {
			return err
		}
		p.Begin("checking the " + one.Name)
		if _, err := one.Run(ctx, "-test.run="+d.Tests, "-test.timeout=2m"); err != nil {
			return fmt.Errorf("%s: %w", d.Unsafe, err)
		}
	}
	if o.Busted {
		return errors.New("the patch's rule was broken, and no test has noticed")
	}
	return nil
}

// measure runs the benchmarks of both copies, which take turns.
func (d *Duel) measure(ctx context.Context, o *DuelOptions, p *Pair) (original, patched Found, err error) {
	found, copies := []Found{{}, {}}, p.Copies
	for _, i := range rounds.Order(o.Rounds, len(copies)) {
		p.Begin("measuring the " + copies[i].Name)
		for _, args := range d.Benchmarks {
			ns, err := copies[i].Bench(ctx, append(args, "-test.benchtime="+o.Benchtime.String())...)
			if err != nil {
				return nil, nil, err
			}
			found[i].Add(ns)
		}
		if d.Round != nil {
			ns, err := d.Round(ctx, copies[i])
			if err != nil {
				return nil, nil, err
			}
			found[i].Add(ns)
		}
	}
	return found[0], found[1], nil
}

// A Report is what a Duel prints.
type Report struct {
	summary.Summary
	Version   string        `json:"version"`
	Benchtime time.Duration `json:"benchtime_ns"`
	Rounds    int           `json:"rounds"`
	Results   []Result      `json:"results"` // nanoseconds per operation
	Suites    Suites        `json:"tests,omitempty"`

	duel *Duel
}

// Report returns what was found.
func (d *Duel) Report(o *DuelOptions, change patch.Change, original, patched Found, suites Suites) (*Report, error) {
	results, err := d.Comparison.Results(original, patched)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Summary: summary.New(d.Plan.Name, d.Hurt, o.Words()),
		Version: d.Plan.Module.String(), Benchtime: o.Benchtime, Rounds: o.Rounds, Results: results, Suites: suites, duel: d,
	}
	r.Added, r.Removed = change.Added, change.Removed
	r.Figures, r.Verdict = d.Comparison.Figures(results), d.Comparison.Verdict(results)
	// What else misbehaves has ended the program.
	r.OK = len(suites.Worse()) == 0
	return r, nil
}

// String returns the report as a table, and what it says in words.
func (r *Report) String() string {
	return fmt.Sprintf(`%s. Patched: %d lines added, %d removed (-diff prints them).
Nanoseconds per operation: the median of %d rounds of %v each, with the fastest and the slowest. %s, %s.
%s
%s
%s
%s`, r.Version, r.Added, r.Removed, r.Rounds, r.Benchtime, r.Go, r.System,
		r.duel.Comparison.Table(r.Results), r.Verdict, strings.TrimSpace(r.duel.Notes), r.Suites)
}
