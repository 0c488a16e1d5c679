package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/sample"
)

// A part is what is measured with each number of Ps, in a process of its own.
type part struct {
	name string
	args func(procs int) []string // of the program of that name
	read func(text []byte) ([]figure, error)
}

// perCore is how many readers there are for each core, at most. With many more
// it is the scheduler that is measured.
const perCore = 8

var parts = []part{
	{"scaling", func(int) []string { return []string{"-probe"} }, func(text []byte) ([]figure, error) {
		var p point
		err := json.Unmarshal(text, &p)
		return p.Figures, err
	}},
	{"refscale", func(procs int) []string {
		readers := min(procs, perCore*runtime.NumCPU())
		return []string{"-nreaders", fmt.Sprintf("1,%d", readers), "-nruns", "3", "-format", "json"}
	}, reads},
	{"updatescale", func(int) []string {
		return []string{"-types", "hazptr-retire,hazptr-inline,pass-the-buck,rcu-call,srcu-call,percpu_ref-kill,refcnt,rwlock,swap",
			"-phases", "cost,quiet,garbage", "-nruns", "3", "-duration", "100ms", "-objects", "200000", "-format", "json"}
	}, updates},
}

// measure measures all parts with each number of Ps, until the limit is over.
func measure(ctx context.Context, o *options, stderr io.Writer) (all *set, err error) {
	folder, remove, err := programs(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	all = &set{Machine: machine.This()}
	begin, end := program.Stages(len(o.Procs)*len(parts), stderr)
	defer end()
	limited, stop := context.WithTimeout(ctx, o.Limit)
	defer stop()
	for _, procs := range o.Procs {
		p := point{Procs: procs}
		for _, part := range parts {
			name := fmt.Sprintf("%s, GOMAXPROCS %d", part.name, procs)
			begin(name)
			figures, err := part.run(limited, folder, procs)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case limited.Err() != nil:
				all.Skipped = append(all.Skipped, name)
			case err != nil:
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			p.Figures = append(p.Figures, figures...)
		}
		all.Points = append(all.Points, p)
	}
	return all, nil
}

func (p *part) run(ctx context.Context, folder string, procs int) ([]figure, error) {
	cmd := command.Child(ctx, filepath.Join(folder, p.name), p.args(procs)...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", procs))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return p.read(out)
}

// reads returns refscale's figures.
func reads(text []byte) (figures []figure, err error) {
	var s bench.Set
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	for _, r := range s.Results {
		group := readsByAll
		if r.Readers == 1 {
			group = readsByOne
		}
		figures = append(figures, times(group, r.Type, r.Runs))
	}
	return figures, nil
}

// updates returns some of updatescale's figures.
func updates(text []byte) (figures []figure, err error) {
	var s struct {
		Results []struct {
			Type    string
			Figures map[string]struct{ Runs sample.Sample }
		}
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	for _, r := range s.Results {
		for _, of := range []struct {
			figure, group, unit string
			times               float64 // of the unit
		}{
			{"update_cpu_ns", updateCPU, "ns", 1},
			{"quiet_p50_us", endedAfter, "ns", 1000},
			{"pending_most", pending, "", 1},
		} {
			if runs := r.Figures[of.figure].Runs; len(runs) > 0 {
				figures = append(figures, figure{Group: of.group, Name: r.Type, Unit: of.unit, Median: of.times * runs.Median(), Minimum: of.times * runs.Minimum()})
			}
		}
	}
	return figures, nil
}
