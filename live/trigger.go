package live

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// A Trigger calls reload whenever a reload is due, until ctx ends, and then
// returns. One that returns earlier is logged as an error, and stays in
// [Status].Problems. A reload that fails is logged already; its error is for a
// Trigger that tries again. Reload returns when the Load has; it may be called
// by any goroutine.
//
// Any function will do: one that reads from fsnotify, or from a message bus. A
// Trigger is for one Value, and is called once. A Trigger that calls another
// one with a reload of its own sees each reload: that is how a program acts
// after it.
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

// Signal reloads when the process gets one of the signals. Signals that come
// while a reload runs lead to one more.
//
// It takes the signals over when it is called, not when the Trigger is, and
// until the Value has ended: so a SIGHUP does not end the process during the
// first Load, nor while a Shutdown waits. It panics without a signal, which
// would mean all of them.
func Signal(signals ...os.Signal) Trigger {
	if len(signals) == 0 {
		panic("live: Signal without a signal")
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, signals...)
	return func(ctx context.Context, reload func(context.Context) error) {
		if by := triggeredBy(ctx); by != nil {
			by.whenEnded(func() { signal.Stop(c) })
		} else {
			defer signal.Stop(c)
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-c:
				_ = reload(ctx)
			}
		}
	}
}
