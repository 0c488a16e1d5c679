package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/kopia/kopia/repo/content"
)

// step is the number of contents after which a listing pauses.
const step = 1000

// list lists all contents again and again.
func (l *load) list(ctx context.Context) error {
	rest := l.Listing / time.Duration(1+len(l.names)/step)
	for ctx.Err() == nil && !l.over() {
		visible, listed, known := l.visible.Load(), int64(0), 0
		err := l.reader.ContentReader().IterateContents(ctx, content.IterateOptions{}, func(i content.Info) error {
			if known < len(l.names) && i.ContentID == l.names[known] {
				known++
			}
			// So that there is more to read after each pause.
			if listed++; listed%step != 1 {
				return nil
			}
			if l.Verify {
				if err := l.lookUpOne(ctx, i.ContentID); err != nil {
					return err
				}
			}
			pause(ctx, rest)
			return ctx.Err()
		})
		switch {
		case ctx.Err() != nil:
			return nil // something else has failed
		case err != nil:
			return fmt.Errorf("listing: %w", err)
		case known < len(l.names):
			return fmt.Errorf("a listing is without content %v", l.names[known])
		case listed < visible || listed > l.begun.Load():
			return fmt.Errorf("a listing has %d contents; there were %d when it began, and %d when it ended", listed, visible, l.begun.Load())
		}
		l.figures.Listings++
	}
	return nil
}

const (
	pace   = 100 * time.Microsecond // between a lookup and the next
	saying = 500 * time.Millisecond // as long as there are lookups
)

// lookUp looks up one content after the other, and says now and then that it
// does.
func (l *load) lookUp(ctx context.Context) error {
	var said time.Time
	for ctx.Err() == nil {
		began := time.Now()
		if began.Sub(said) > saying {
			said = began
			if err := l.say(); err != nil {
				return err
			}
		}
		if err := l.lookUpOne(ctx, l.names[rand.IntN(len(l.names))]); err != nil && ctx.Err() == nil {
			return err
		}
		ended := time.Now()
		l.figures.Lookups.Record(ended.Sub(began))
		l.figures.Times.Record(ended, ended.Sub(began))
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
