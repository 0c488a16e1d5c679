package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/served"
)

// A trial is what all rounds have in common.
type trial struct {
	site     *site
	editions []automaton
	workers  int
	duration time.Duration // of a round
}

// With two editions, one would be followed at its address by another of the
// same number, since the other is alive meanwhile, and a late check would not
// notice.
const editionCount = 3

func newTrial(folder string, workers int) (*trial, error) {
	t := &trial{workers: workers}
	for i := range uint64(editionCount) {
		a, err := compile(firstEdition+i, rules(i))
		if err != nil {
			return nil, err
		}
		t.editions = append(t.editions, a)
	}
	var err error
	t.site, err = newSite(folder)
	return t, err
}

const firstEdition = 0x6c61_6265_6c00_0001

// round has workers ask while the policy is replaced.
func (t *trial) round(ctx context.Context, c cell) (*contest.Found, error) {
	census := contest.NewCensus("policies")
	present, err := load(t.editions[0], census)
	if err != nil {
		return nil, err
	}
	policies := c.Way.Begin(present)
	var server *served.Server[check]
	if c.Kind.Name == web {
		if server, err = startServer(t.site, policies); err != nil {
			return nil, errors.Join(err, policies.End(ctx))
		}
	}
	return contest.Round{
		Workers: t.workers, Together: c.Kind.Together, Rate: c.Rate, Duration: t.duration, Census: census,
		Work: func(base contest.Worker) contest.Worker {
			w := &worker{site: t.site, opens: c.Kind.Name == opens, next: base.Number * len(t.site.pages) / t.workers, Worker: base}
			if server != nil {
				w.request(server.URL)
				return w.Worker
			}
			check, leave := visit(policies)
			defer leave()
			w.ask(check)
			return w.Worker
		},
		Change: func(_ context.Context, n int) (time.Duration, error) {
			begun := time.Now()
			next, err := load(t.editions[n%len(t.editions)], census)
			if err != nil {
				return 0, fmt.Errorf("replacement %d: %w", n, err)
			}
			present.Replaced = time.Now()
			policies.Replace(next)
			present = next
			return time.Since(begun), nil
		},
		End: func(ctx context.Context) (err error) {
			if server != nil {
				err = server.End(ctx)
			}
			return errors.Join(err, policies.End(ctx))
		},
	}.Play(ctx)
}
