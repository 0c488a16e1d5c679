package main

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"

	"hazptr/tools/loads/badger/internal/figures"
)

// work is what a worker has to do.
type work struct {
	Dir       string        `name:"dir" placeholder:"FOLDER" required:"" group:"Database:" help:"the database"`
	Resume    bool          `name:"resume" group:"Database:" help:"say of each round that it is done, and of each collection that it begins and ends; work on in a database that is there"`
	Only      bool          `name:"check" group:"Database:" help:"read all values of the database, and do nothing else"`
	AtLeast   uint64        `name:"atleast" default:"0" group:"Database:" help:"round that all values to be checked must have come from, or from a later one"`
	Iterators int           `name:"iterators" default:"2" between:"0,1000" group:"Work:" help:"iterators that are open; 1 is closed some time before the next is opened"`
	Hold      time.Duration `name:"hold" default:"400ms" between:"1ms,1h" group:"Work:" help:"time for which each stays open, at least"`
	Duration  time.Duration `name:"duration" default:"3s" between:"1ms,1000h" group:"Work:" help:"time to work"`
}

// A session is an open database, and what is known of its content.
type session struct {
	*work
	db          *badger.DB
	figures     *figures.Figures
	stdout      io.Writer
	begun, done atomic.Uint64 // rounds
}

// errOver ends the readers, after the writer.
var errOver = errors.New("the time is over")

// do works until the time is over.
func (w *work) do(ctx context.Context, stdout io.Writer) (f *figures.Figures, err error) {
	var problems problems
	db, err := open(w.Dir, &problems)
	if err != nil {
		return nil, err
	}
	s := &session{work: w, db: db, figures: figures.New(), stdout: stdout}
	err = s.run(ctx)
	if err := errors.Join(err, db.Close(), problems.err()); err != nil {
		return nil, err
	}
	left, err := w.look()
	s.figures.Left = left.Files
	return s.figures, err
}

// run writes, and has others read, until the time is over.
func (s *session) run(ctx context.Context) error {
	last, err := lastRound(s.db)
	if err != nil {
		return err
	}
	if err := s.write(last + 1); err != nil {
		return err
	}

	began := time.Now()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var all sync.WaitGroup
	all.Go(func() { end(s.watch(ctx, began)) })
	all.Go(func() { end(s.get(ctx)) })
	walkers := make([]*walker, s.Iterators)
	for i := range walkers {
		walkers[i] = newWalker(s)
		all.Go(func() { end(walkers[i].walk(ctx, s.Hold*time.Duration(i)/time.Duration(s.Iterators))) })
	}
	all.Go(func() { end(s.rewrite(ctx)) })
	all.Wait()
	if err := context.Cause(ctx); !errors.Is(err, errOver) {
		return err
	}
	s.figures.Took = time.Since(began)
	for _, w := range walkers {
		s.figures.Steps.Merge(w.steps)
		s.figures.Closes.Merge(w.closes)
	}
	_, err = readAll(s.db, span{s.done.Load(), s.done.Load()})
	return err
}
