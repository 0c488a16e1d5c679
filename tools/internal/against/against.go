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

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
	"hazptr/tools/internal/sample"
)

// A Plan is what to run. Both programs take the options that it adds to Args:
// -types, -nruns and -format json.
type Plan struct {
	Before string // the older build's executable file
	Args   []string
	Types  []string
	Runs   int
	Read   func(json []byte) ([]Figure, error) // reads what one process printed

	json bool   // what to print, instead of a table
	now  string // instead of the calling program's executable file
}

// A Figure is one that a process has measured once.
type Figure struct {
	Name  string
	Value float64
}

// A Pair is a figure of both builds, run by run.
type Pair struct {
	Name        string
	Before, Now sample.Sample
}

// Ratios returns now divided by before, run by run: what slows a machine down
// for a while slows down both.
func (p *Pair) Ratios() sample.Sample {
	ratios := make(sample.Sample, 0, len(p.Now))
	for i := range min(len(p.Now), len(p.Before)) {
		if p.Before[i] != 0 {
			ratios = append(ratios, p.Now[i]/p.Before[i])
		}
	}
	return ratios
}

// New returns what -against asks for among the options that were given, or nil if
// it is not there.
func New(given map[string]string, types []string, runs int, read func(json []byte) ([]Figure, error)) (*Plan, error) {
	before, asked := given["against"]
	if !asked {
		return nil, nil
	}
	p := &Plan{Before: before, Types: types, Runs: runs, Read: read}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch value := given[name]; name {
		case "against", "types", "nruns": // of each process, Run's own
		case "format":
			if p.json = value == "json"; !p.json && value != "table" {
				return nil, fmt.Errorf("-against: it prints no -format %s: want table or json", value)
			}
		case "svg":
			return nil, errors.New("-against: it draws no picture: leave -svg out")
		default:
			p.Args = append(p.Args, "-"+name+"="+value)
		}
	}
	if err := p.find(); err != nil {
		return nil, fmt.Errorf("-against: %w", err)
	}
	return p, nil
}

// find makes Before a path that needs no search, and returns an error if it is
// not that of a program.
func (p *Plan) find() error {
	if err := filecheck.ForReading(p.Before); err != nil {
		return err
	}
	path, err := filepath.Abs(p.Before)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath(path); err != nil {
		return fmt.Errorf("%w: give an older build of this program, made with go build -o", err)
	}
	p.Before = path
	return nil
}

// Do runs the plan and prints what it has measured.
func (p *Plan) Do(ctx context.Context, heading string, step func(), stdout io.Writer) error {
	pairs, err := p.Run(ctx, step)
	switch {
	case err != nil:
		return err
	case p.json:
		return p.JSON(stdout, pairs)
	}
	return p.Table(stdout, heading, pairs)
}

// Steps returns how often Run calls its argument.
func (p *Plan) Steps() int { return p.Runs * len(p.Types) }

// Run measures until all is done or ctx ends, and calls step after each type
// and run, when nothing is measured. All types take turns, in another order
// each time round, and so do the two builds.
func (p *Plan) Run(ctx context.Context, step func()) ([]Pair, error) {
	now := p.now
	if now == "" {
		executable, err := os.Executable()
		if err != nil {
			return nil, err
		}
		now = executable
	}
	pairs := make([][]Pair, len(p.Types)) // by type
	random := rand.New(rand.NewPCG(1, 2)) // the same orders each time
	for range p.Runs {
		for _, i := range random.Perm(len(p.Types)) {
			var of [2][]Figure // before and now
			for _, which := range random.Perm(2) {
				figures, err := p.process(ctx, [2]string{p.Before, now}[which], p.Types[i])
				if err != nil {
					return nil, err
				}
				of[which] = figures
			}
			if err := join(&pairs[i], of[0], of[1]); err != nil {
				return nil, fmt.Errorf("-types %s: %w", p.Types[i], err)
			}
			step()
		}
	}
	return slices.Concat(pairs...), nil
}

// process returns what one process has measured.
func (p *Plan) process(ctx context.Context, program, typ string) ([]Figure, error) {
	args := slices.Concat(p.Args, []string{"-types", typ, "-nruns", "1", "-format", "json"})
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
	figures, err := p.Read(stdout.Bytes())
	if err != nil {
		return nil, fail(err)
	}
	return figures, nil
}

// join appends the figures that both builds have.
func join(pairs *[]Pair, before, now []Figure) error {
	first := len(*pairs) == 0
	common := 0
	for _, f := range now {
		i := slices.IndexFunc(before, func(b Figure) bool { return b.Name == f.Name })
		if i < 0 {
			continue
		}
		common++
		if first {
			*pairs = append(*pairs, Pair{Name: f.Name})
		}
		j := slices.IndexFunc(*pairs, func(p Pair) bool { return p.Name == f.Name })
		if j < 0 {
			continue // not to be had in each run
		}
		p := &(*pairs)[j]
		p.Before, p.Now = append(p.Before, before[i].Value), append(p.Now, f.Value)
	}
	if common == 0 {
		return errors.New("the builds have no figure in common")
	}
	return nil
}
