package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/contest"
)

// prepare finds or makes the editions, and the questions.
func prepare(ctx context.Context, o *options, stderr io.Writer) (*trial, error) {
	t := &trial{readers: o.Readers, http: o.HTTP, duration: o.Round(), first: stopAtFirst}
	if o.Database != "" {
		path, err := filepath.Abs(string(o.Database))
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
		if t.editions, err = generatedEditions(ctx, filepath.Join(cache, "hazptr"), o.Networks, stderr); err != nil {
			return nil, fmt.Errorf("generating a database: %w", err)
		}
	}
	var err error
	if t.questions, err = questionsFor(ctx, t.editions[0]); err != nil && o.Database != "" && ctx.Err() == nil {
		return nil, command.UsageError{Err: fmt.Errorf("-db: %w", err)}
	}
	return t, err
}

// measure runs all rounds of all ways, and then the one that crashes.
func measure(ctx context.Context, t *trial, o *options, stderr io.Writer) (results []contest.Result, endings []*ending, err error) {
	var together, apart chosen
	for _, w := range o.Ways {
		if w.Name == crashing {
			apart = append(apart, w)
		} else {
			together = append(together, w)
		}
	}
	cells := contest.Cells([]contest.Kind{lookups}, []int{o.Reloads}, together)
	begin, end := program.Stages(o.Rounds*len(cells)+len(apart), stderr)
	defer end()

	ballast := make([]byte, o.Heap<<20) // never touched, so it takes no memory, but the collector reckons with it
	defer runtime.KeepAlive(ballast)

	if results, err = contest.Hold(ctx, o.Rounds, cells, begin, t.round); err != nil {
		return nil, nil, err
	}
	for _, w := range apart {
		begin(w.Name)
		e, err := runApart(ctx, w.Name, o.Words())
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", w.Name, err)
		}
		endings = append(endings, e)
	}
	return results, endings, nil
}

// lookups are what is done, of which each is timed.
var lookups = contest.Kind{Text: "lookups per second", Together: 1}
