package main

import (
	"context"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// Databases are the ones of a round: the present one, and the replaced ones
// that have not ended.
type databases interface {
	// Visit is that of a [keeper.Keeper].
	Visit() (look keeper.Look[database], leave func())

	// Reload has the edition's database take the present one's place, and
	// returns how long that kept the updater waiting. One goroutine calls it.
	Reload(e edition) (time.Duration, error)

	// End is called after the last look and Reload. On return no database is
	// left.
	End(ctx context.Context) error
}

// A begin maps the first edition. The census counts all databases.
type begin func(first edition, c *contest.Census) (databases, error)

// opened has databases opened by the updater, and kept by what keep makes.
func opened(keep keeper.Begin[database]) begin {
	return func(first edition, c *contest.Census) (databases, error) {
		present, err := openDatabase(first, c)
		if err != nil {
			return nil, err
		}
		return &kept{keep(present), present}, nil
	}
}

type kept struct {
	keeper.Keeper[database]
	present *database
}

func (k *kept) Reload(e edition) (time.Duration, error) {
	begun := time.Now()
	next, err := openDatabase(e, k.present.Census)
	if err != nil {
		return 0, err
	}
	k.present.Replaced = time.Now()
	k.Replace(next)
	k.present = next
	return time.Since(begun), nil
}

func (k *kept) End(ctx context.Context) error {
	k.present = nil // or the collector finds it here
	return k.Keeper.End(ctx)
}
