package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
)

const (
	betweenRounds  = 50 * time.Millisecond
	roundsPerMerge = 4   // of all tables into one level
	discarded      = 0.1 // part of a file that is no longer alive, at which it is rewritten
)

// rewrite writes all values anew and collects the value log, again and again,
// until the time is over. Then it notes how many files there are.
func (s *session) rewrite(ctx context.Context) error {
	over := time.After(s.Duration)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over:
			d, err := s.look()
			if err != nil {
				return err
			}
			s.figures.Files, s.figures.Bytes = d.Files, d.Bytes
			return errOver
		case <-time.After(betweenRounds):
		}
		began := time.Now()
		if err := s.write(s.done.Load() + 1); err != nil {
			return err
		}
		s.figures.Rounds.Record(time.Since(began))
		if s.done.Load()%roundsPerMerge == 0 {
			if err := s.db.Flatten(1); err != nil {
				return err
			}
		}
		if err := s.collect(ctx); err != nil {
			return err
		}
	}
}

// write writes all values of a round.
func (s *session) write(round uint64) error {
	s.begun.Store(round)
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	for i := range uint64(values) {
		if err := batch.Set(keyOf(i), valueOf(i, round)); err != nil {
			return err
		}
	}
	if err := batch.Flush(); err != nil {
		return err
	}
	s.done.Store(round)
	return s.say("round", round)
}

// say tells what is done where the worker may be killed.
func (s *session) say(words ...any) error {
	if !s.Resume {
		return nil
	}
	_, err := fmt.Fprintln(s.stdout, words...)
	return err
}

// collect rewrites files as long as there are some to rewrite.
func (s *session) collect(ctx context.Context) error {
	if err := s.say("collecting"); err != nil {
		return err
	}
	for ctx.Err() == nil {
		began := time.Now()
		err := s.db.RunValueLogGC(discarded)
		switch {
		case errors.Is(err, badger.ErrNoRewrite):
			return s.say("collected")
		case err != nil && strings.HasPrefix(err.Error(), "value log file already marked for deletion"):
			s.figures.Refused++
			return s.say("collected")
		case err != nil:
			return err
		}
		s.figures.Rewrites.Record(time.Since(began))
	}
	return ctx.Err()
}
