// Label is a web server whose every request asks a security label that can be replaced at any time, and compares ways to keep a label until its last request. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "label", args, stdout, stderr, parseOptions, compare)
}

// A cell of the table.
type cell struct {
	kind   kind
	rate   int
	method method
	found  []*figures
}

// compare measures, in a folder that it removes, and prints.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	folder, remove, err := command.WorkFolder(o.dir, "hazptr-label-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	t, err := newTrial(folder, o.workers)
	if err != nil {
		return err
	}
	var cells []*cell
	for _, k := range o.kinds {
		for _, rate := range o.rates {
			for _, m := range o.methods {
				cells = append(cells, &cell{kind: k, rate: rate, method: m})
			}
		}
	}
	bar := progress.NewBar(stderr, o.rounds*len(cells))
	defer bar.Close()
	for round, i := range rounds.Order(o.rounds, len(cells)) {
		c := cells[i]
		bar.Describe(fmt.Sprintf("round %d of %d: %v, %s", round+1, o.rounds, c.kind, c.method.name))
		f, err := t.round(ctx, c.method, c.kind, c.rate, o.duration/time.Duration(o.rounds))
		if err != nil {
			return fmt.Errorf("%s, %v, %d replacements a second: %w", c.method.name, c.kind, c.rate, err)
		}
		c.found = append(c.found, f)
		bar.Step(1)
	}
	shares, err := t.shares(ctx, o, bar)
	if err != nil {
		return err
	}
	bar.Close()
	var results []result
	for _, c := range cells {
		results = append(results, resultOf(c.kind, c.rate, c.method.name, c.found))
	}
	return newReport(o, results, shares).write(stdout, o)
}

// shares profiles two ways.
func (t *trial) shares(ctx context.Context, o *options, bar *progress.Bar) (all []share, err error) {
	for _, k := range o.kinds {
		for _, m := range o.methods {
			if k == bare || o.profile == 0 || !slices.Contains([]string{"refcnt-cond", "hazptr"}, m.name) {
				continue
			}
			bar.Describe(fmt.Sprintf("profiling %v, %s", k, m.name))
			s, err := t.shareOf(ctx, m, k, o.profile)
			if err != nil {
				return nil, fmt.Errorf("%s, %v: %w", m.name, k, err)
			}
			all = append(all, s)
		}
	}
	return all, nil
}
