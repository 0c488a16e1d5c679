package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
)

const (
	betweenRounds  = 50 * time.Millisecond
	roundsPerMerge = 4 // of all tables into one level
	// Part of a file that is no longer alive, at which it is rewritten.
	discarded = 0.1
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

// write writes all values of a round, in any order: so a file has values of all
// kinds of keys, and of two rounds.
func (s *session) write(round uint64) error {
	s.begun.Store(round)
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	for _, i := range rand.Perm(values) {
		if err := batch.Set(keyOf(uint64(i)), valueOf(uint64(i), round)); err != nil {
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
	for ctx.Err() == nil {
		if err := s.say("collecting"); err != nil {
			return err
		}
		began := time.Now()
		err := s.db.RunValueLogGC(discarded)
		took := time.Since(began)
		if err := s.say("collected"); err != nil {
			return err
		}
		switch {
		case errors.Is(err, badger.ErrNoRewrite):
			return nil
		case err != nil && strings.HasPrefix(err.Error(), "value log file already marked for deletion"):
			s.figures.Refused++
			return nil
		case err != nil:
			return err
		}
		s.figures.Rewrites.Record(took)
	}
	return ctx.Err()
}
