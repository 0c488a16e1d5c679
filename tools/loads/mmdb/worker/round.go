package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
	"hazptr/tools/loads/internal/served"
)

// A trial is what all rounds have in common.
type trial struct {
	editions  []edition
	questions []question
	readers   int
	http      bool
	duration  time.Duration // of a round

	// first is told of the first finding of each kind. An error ends the round.
	first func(f finding, detail string) error
}

// stopAtFirst makes a finding an error.
func stopAtFirst(f finding, detail string) error { return fmt.Errorf("%v: %s", f, detail) }

// round lets readers read while databases are replaced.
func (t *trial) round(ctx context.Context, c cell) (*contest.Found, error) {
	census := contest.NewCensus("mappings")
	databases, err := c.Way.Begin(t.editions[0], census)
	if err != nil {
		return nil, err
	}
	var server *served.Server[keeper.Look[database]]
	if t.http {
		if server, err = served.Start(databases.Visit, answerQuestion); err != nil {
			return nil, errors.Join(err, databases.End(ctx))
		}
	}
	found := &findings{first: t.first}
	return contest.Round{
		Workers: t.readers, Rate: c.Rate, Duration: t.duration, Census: census,
		Work: func(base contest.Worker) contest.Worker {
			r := newReader(t.questions, base.Number*len(t.questions)/t.readers, found, base)
			if server != nil {
				r.request(server.URL)
				return r.Worker
			}
			look, leave := databases.Visit()
			defer leave()
			r.read(look)
			return r.Worker
		},
		Change: func(_ context.Context, n int) (time.Duration, error) {
			took, err := databases.Reload(t.editions[n%len(t.editions)])
			if err != nil {
				return 0, fmt.Errorf("reload %d: %w", n, err)
			}
			return took, nil
		},
		End: func(ctx context.Context) (err error) {
			if server != nil {
				err = server.End(ctx)
			}
			err = errors.Join(err, databases.End(ctx))
			if census.Count() == 0 {
				err = errors.Join(err, t.nothingMapped())
			}
			return err
		},
	}.Play(ctx)
}

// nothingMapped tells when the kernel, where it can be asked, knows of a
// mapping that has outlived its way.
func (t *trial) nothingMapped() error {
	// The collector's cleanups may still be between our count and the
	// unmapping.
	n, ok := mappingsOf(t.editions)
	for deadline := time.Now().Add(time.Second); ok && n > 0 && time.Now().Before(deadline); n, ok = mappingsOf(t.editions) {
		time.Sleep(time.Millisecond)
	}
	if ok && n > 0 {
		return fmt.Errorf("%d mappings are left in the process at the end", n)
	}
	return nil
}
