package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
)

// prepare finds or makes the editions, and the questions.
func prepare(ctx context.Context, o *options, stderr io.Writer) (*trial, error) {
	t := &trial{readers: o.readers, reloads: o.reloads, http: o.http}
	if o.db != "" {
		path, err := filepath.Abs(o.db)
		if err == nil {
			path, err = filepath.EvalSymlinks(path) // as the kernel names it among a process's mappings
		}
		if err != nil {
			return nil, command.UsageError{Err: fmt.Errorf("-db: %w", err)}
		}
		t.editions = []edition{{path: path}}
	} else {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("no folder to keep a generated database in: %w; -db takes one of yours", err)
		}
		if t.editions, err = generatedEditions(ctx, filepath.Join(cache, "hazptr"), o.networks, stderr); err != nil {
			return nil, fmt.Errorf("generating a database: %w", err)
		}
	}
	var err error
	if t.questions, err = questionsFor(ctx, t.editions[0]); err != nil && o.db != "" && ctx.Err() == nil {
		return nil, command.UsageError{Err: fmt.Errorf("-db: %w", err)}
	}
	return t, err
}

// measure runs all rounds of all ways.
func measure(ctx context.Context, t *trial, o *options, args []string, stderr io.Writer) ([]result, error) {
	var together, crashing []method
	for _, m := range o.methods {
		if m.crashes {
			crashing = append(crashing, m)
		} else {
			together = append(together, m)
		}
	}
	bar := progress.NewBar(stderr, o.rounds*len(together)+len(crashing))
	defer bar.Close()

	ballast := make([]byte, o.heap<<20) // never touched, so it takes no memory, but the collector reckons with it
	defer runtime.KeepAlive(ballast)

	found := map[string][]*figures{}
	for round, i := range rounds.Order(o.rounds, len(together)) {
		m := together[i]
		bar.Describe(fmt.Sprintf("round %d of %d: %s", round+1, o.rounds, m.name))
		f, err := t.round(ctx, m, o.duration/time.Duration(o.rounds), func(f finding, detail string) error {
			return fmt.Errorf("%v: %s", f, detail)
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		found[m.name] = append(found[m.name], f)
		bar.Step(1)
	}

	var results []result
	for _, m := range o.methods {
		if !m.crashes {
			results = append(results, resultOf(m.name, found[m.name]))
			continue
		}
		bar.Describe(m.name)
		r, err := apart(ctx, m, args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		results = append(results, r)
		bar.Step(1)
	}
	compare(results, found)
	return results, nil
}

// compare relates each way to hazptr, round by round, so that what slowed a whole round down doesn't count.
func compare(results []result, found map[string][]*figures) {
	base := found["hazptr"]
	for i := range results {
		var ratios []float64
		for round, f := range found[results[i].Way] {
			if round < len(base) {
				ratios = append(ratios, f.perSecond()/base[round].perSecond())
			}
		}
		if len(ratios) > 0 {
			spread := rounds.SpreadOf(ratios)
			results[i].ToHazptr = &spread
		}
	}
}
