package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hazptr/tools/loads/etcd/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
)

// A member is a server of a copy, with its data.
type member struct {
	*pair.Worker
	data string
}

// prepare fills a database with the original, and gives each copy the same one.
func prepare(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) (members []member, err error) {
	for i, w := range workers {
		members = append(members, member{w, filepath.Join(p.Folder, fmt.Sprintf("data%d", i))})
	}
	p.Begin(fmt.Sprintf("filling a database of %v", o.Size))
	first := members[0]
	if _, err := first.Output(ctx, "-data", first.data, "-prepare", fmt.Sprint(int64(o.Size))); err != nil {
		return nil, err
	}
	p.Begin("checking it")
	if _, err := first.Output(ctx, "-data", first.data, "-check"); err != nil {
		return nil, err
	}
	for _, m := range members[1:] {
		if err := os.CopyFS(m.data, os.DirFS(first.data)); err != nil {
			return nil, err
		}
	}
	return members, ctx.Err()
}

// A scenario is what goes on beside a Defragment, and what was seen of it.
type scenario struct {
	snapshot time.Duration // 0: none
	puts     bool
	runs     [][]*figures.Figures // by arm and round
}

// scenariosOf returns all of them, the one that the load is about first.
func scenariosOf(o *options) (all []*scenario) {
	for _, puts := range []bool{false, true} {
		for _, snapshot := range []time.Duration{o.Snapshot, 0} {
			all = append(all, &scenario{snapshot, puts, make([][]*figures.Figures, len(plan.Arms))})
		}
	}
	return all
}

func (s *scenario) String() string {
	text := "alone"
	if s.snapshot > 0 {
		text = fmt.Sprintf("snapshot of %v", s.snapshot)
	}
	if s.puts {
		text += ", with Puts"
	}
	return text
}

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, members []member) ([]*scenario, error) {
	scenarios := scenariosOf(o)
	for _, i := range rounds.Order(o.Rounds, len(members)*len(scenarios)) {
		s, which := scenarios[i/len(members)], i%len(members)
		m := members[which]
		p.Begin(fmt.Sprintf("%v, %s", s, m.Name))
		f, args := figures.New(time.Now()), []string{"-data", m.data, "-snapshot", s.snapshot.String()}
		if s.puts {
			args = append(args, "-puts")
		}
		if err := m.Figures(ctx, f, args...); err != nil {
			return nil, fmt.Errorf("%v: %w", s, err)
		}
		s.runs[which] = append(s.runs[which], f)
	}
	return scenarios, nil
}
