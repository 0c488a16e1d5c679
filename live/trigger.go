package live

import (
	"context"
	"fmt"
	"time"
)

// A Trigger calls reload whenever a reload is due, until ctx ends, and then
// returns. One that returns earlier is logged as an error, and stays in
// [Status].Problems. A reload that fails is logged already; its error is for a
// Trigger that tries again. Reload returns when the Load has; it may be called
// by any goroutine.
//
// Any function will do: one that reads from fsnotify, or from a message bus. A
// Value calls each of its Triggers once. A Trigger of this package may be given
// to several Values, of which each sees every signal and every change; one that
// receives from a channel is for one Value. A Trigger that calls another one
// with a reload of its own sees each reload: that is how a program acts after
// it.
type Trigger func(ctx context.Context, reload func(context.Context) error)

// triggered is what the Triggers of this package know of their Value. It is a
// value of their Context, under a key of its own type.
type triggered struct {
	*reloader
	index int // in ReloadOn
}

func triggeredBy(ctx context.Context) *triggered {
	by, _ := ctx.Value(triggered{}).(*triggered)
	return by
}

// Every reloads at intervals of d. It panics if d is not positive.
func Every(d time.Duration) Trigger {
	if d <= 0 {
		panic(fmt.Sprintf("live: Every(%v), want more than 0", d))
	}
	return func(ctx context.Context, reload func(context.Context) error) {
		ticker := time.NewTicker(d)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = reload(ctx)
			}
		}
	}
}
