// Package against runs an older build of the calling program and that itself by
// turns, process by process, and relates what they measure.
package against

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	pretty "github.com/jedib0t/go-pretty/v6/table"

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/sample"
)

// A Plan is what to run. Both programs take the options that it adds to args:
// -types, -nruns and -format json.
type Plan struct {
	before string // the older build's executable file
	now    string // the calling program's
	args   []string
	types  []string
	runs   int
	format string                              // of what is printed
	read   func(json []byte) ([]Figure, error) // reads what one process printed
}

// A Figure is one that a process has measured once.
type Figure struct {
	Name  string
	Value float64
}

// A set is what the processes have measured. The names in its JSON are what
// programs rely on.
type set struct {
	Before string  `json:"before"`
	Pairs  []*pair `json:"figures"`
}

// A pair is a figure of both builds, run by run.
type pair struct {
	Name   string        `json:"name"`
	Before sample.Sample `json:"before_runs"`
	Now    sample.Sample `json:"now_runs"`
	Ratio  float64       `json:"now_to_before"`
	Spread float64       `json:"spread"`
}

// ratios returns now divided by before, run by run: what slows a machine down
// for a while slows down both.
func (p *pair) ratios() sample.Sample {
	var ratios sample.Sample
	for i, before := range p.Before {
		if before != 0 {
			ratios = append(ratios, p.Now[i]/before)
		}
	}
	return ratios
}

// New returns what -against asks for among the options that were given, or nil
// if it is not there.
func New(given map[string]string, types []string, runs int, read func(json []byte) ([]Figure, error)) (*Plan, error) {
	before, asked := given["against"]
	if !asked {
		return nil, nil
	}
	now, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &Plan{before: before, now: now, types: types, runs: runs, format: "table", read: read}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch value := given[name]; name {
		case "against", "types", "nruns": // of each process, Run's own
		case "format":
			if p.format = value; value != "json" && value != "table" {
				return nil, fmt.Errorf("-against: it prints no -format %s: want table or json", value)
			}
		case "svg":
			return nil, errors.New("-against: it draws no picture: leave -svg out")
		default:
			p.args = append(p.args, "-"+name+"="+value)
		}
	}
	if err := p.find(); err != nil {
		return nil, fmt.Errorf("-against: %w", err)
	}
	return p, nil
}

// find makes before a path that needs no search, and returns an error if it is
// not that of a program.
func (p *Plan) find() error {
	if err := filecheck.ForReading(p.before); err != nil {
		return err
	}
	path, err := filepath.Abs(p.before)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath(path); err != nil {
		return fmt.Errorf("%w: give an older build of this program, made with go build -o", err)
	}
	p.before = path
	return nil
}

// Steps returns how often Do calls its argument.
func (p *Plan) Steps() int { return p.runs * len(p.types) }

// Do runs the plan and prints what it has measured, under a heading that says
// what the figures are. It calls step after each type and run, when nothing is
// measured.
func (p *Plan) Do(ctx context.Context, heading string, step func(), stdout io.Writer) error {
	measured, err := p.run(ctx, step)
	if err != nil {
		return err
	}
	table := func(s *set) string {
		return fmt.Sprintf("%s, %d runs of each build, by turns\n%s", heading, p.runs, s.table())
	}
	return report.Write(stdout, p.format, measured, table, nil)
}

// run measures until all is done or ctx ends. All types take turns, and so do
// the two builds.
func (p *Plan) run(ctx context.Context, step func()) (*set, error) {
	pairs := make([][]*pair, len(p.types)) // by type
	random := rand.New(rand.NewPCG(1, 2))  // the same orders each time
	err := sample.InTurn(ctx, p.runs, len(p.types), func(i int) error {
		var of [2][]Figure // before and now
		for _, which := range random.Perm(2) {
			figures, err := p.process(ctx, [2]string{p.before, p.now}[which], p.types[i])
			if err != nil {
				return err
			}
			of[which] = figures
		}
		if err := join(&pairs[i], of[0], of[1]); err != nil {
			return fmt.Errorf("-types %s: %w", p.types[i], err)
		}
		step()
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := &set{Before: p.before, Pairs: slices.Concat(pairs...)}
	for _, pair := range all.Pairs {
		ratios := pair.ratios()
		pair.Ratio, pair.Spread = ratios.Median(), ratios.Spread()
	}
	return all, nil
}

// process returns what one process has measured.
func (p *Plan) process(ctx context.Context, program, typ string) ([]Figure, error) {
	args := slices.Concat(p.args, []string{"-types", typ, "-nruns", "1", "-format", "json"})
	cmd := command.Program(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	fail := func(err error) error {
		return fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return nil, fail(errors.New(cmp.Or(said, err.Error())))
	}
	figures, err := p.read(stdout.Bytes())
	if err != nil {
		return nil, fail(err)
	}
	return figures, nil
}

// join appends the figures that both builds have. The first run decides which
// pairs there are.
func join(pairs *[]*pair, before, now []Figure) error {
	first, common := len(*pairs) == 0, false
	for _, f := range now {
		i := slices.IndexFunc(before, func(b Figure) bool { return b.Name == f.Name })
		if i < 0 {
			continue
		}
		common = true
		if first {
			*pairs = append(*pairs, &pair{Name: f.Name})
		}
		if j := slices.IndexFunc(*pairs, func(p *pair) bool { return p.Name == f.Name }); j >= 0 {
			p := (*pairs)[j]
			p.Before, p.Now = append(p.Before, before[i].Value), append(p.Now, f.Value)
		}
	}
	if !common {
		return errors.New("the builds have no figure in common")
	}
	return nil
}

// table has a line for each pair.
func (s *set) table() string {
	t := report.NewTable(pretty.Row{"", "before", "minimum", "now", "minimum", "now / before", "spread"})
	digits := func(f float64) string { return report.Digits(f, 4) }
	for _, p := range s.Pairs {
		ratio, spread := "", ""
		if len(p.ratios()) > 0 {
			ratio, spread = fmt.Sprintf("%.3f", p.Ratio), fmt.Sprintf("%.0f%%", 100*p.Spread)
		}
		t.AppendRow(pretty.Row{p.Name, digits(p.Before.Median()), digits(p.Before.Minimum()), digits(p.Now.Median()), digits(p.Now.Minimum()), ratio, spread})
	}
	return fmt.Sprintf("before: %s\n\n%s\n\n"+
		"before and now: medians; now / before: median of the runs' ratios; spread: between their quartiles, of that\n",
		s.Before, t.Render())
}
