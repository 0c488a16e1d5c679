package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/kopia/kopia/repo/content"
)

// step is the number of contents after which a listing pauses.
const step = 1000

var errOver = errors.New("the time is over")

// list lists all contents again and again.
func (l *load) list(ctx context.Context) error {
	rest := l.Listing / time.Duration(1+len(l.names)/step)
	for ctx.Err() == nil {
		visible, listed, known := l.visible.Load(), int64(0), 0
		err := l.reader.ContentReader().IterateContents(ctx, content.IterateOptions{}, func(i content.Info) error {
			if known < len(l.names) && i.ContentID == l.names[known] {
				known++
			}
			if listed++; listed%step != 0 {
				return nil
			}
			if l.Verify {
				if err := l.lookUpOne(ctx, i.ContentID); err != nil {
					return err
				}
			}
			if !pause(ctx, rest) {
				return errOver
			}
			return nil
		})
		switch {
		case errors.Is(err, errOver):
			return nil
		case err != nil:
			return fmt.Errorf("listing: %w", err)
		case known < len(l.names):
			return fmt.Errorf("a listing is without content %v, and %d others at most", l.names[known], len(l.names)-known-1)
		case listed < visible || listed > l.written.Load():
			return fmt.Errorf("a listing has %d contents; there were %d when it began, and %d when it ended", listed, visible, l.written.Load())
		}
		l.figures.Listings++
	}
	return nil
}

// pace is the time between a lookup and the next.
const pace = 100 * time.Microsecond

// lookUp looks up one content after the other.
func (l *load) lookUp(ctx context.Context) error {
	for ctx.Err() == nil {
		began := time.Now()
		if err := l.lookUpOne(ctx, l.names[rand.IntN(len(l.names))]); err != nil {
			return err
		}
		l.figures.Lookup(began.Sub(l.began), time.Since(began))
		time.Sleep(pace)
	}
	return nil
}

func (l *load) lookUpOne(ctx context.Context, name content.ID) error {
	info, err := l.reader.ContentReader().ContentInfo(ctx, name)
	if err == nil && info.ContentID != name {
		err = fmt.Errorf("it is %v", info.ContentID)
	}
	if err != nil {
		return fmt.Errorf("looking %v up: %w", name, err)
	}
	return nil
}
