package live

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
)

// Signal reloads when the process gets one of the signals. Signals that come
// while a reload runs lead to one more. One that has come since Signal was
// called reloads each Value that has the Trigger, also a Value that is made
// later.
//
// It takes the signals over when it is called, not when the Trigger is, and
// until the last Value that has the Trigger has ended: so a SIGHUP does not end
// the process during the first Load, nor while a Shutdown waits. It panics
// without a signal, which would mean all of them.
func Signal(signals ...os.Signal) Trigger {
	if len(signals) == 0 {
		panic("live: Signal without a signal")
	}
	// Nothing receives from it. It tells whether a signal has come.
	first := make(chan os.Signal, 1)
	signal.Notify(first, signals...)
	var values atomic.Int64
	return func(ctx context.Context, reload func(context.Context) error) {
		values.Add(1)
		c := make(chan os.Signal, 1)
		signal.Notify(c, signals...)
		end := func() {
			signal.Stop(c)
			if values.Add(-1) == 0 {
				signal.Stop(first)
			}
		}
		if by := triggeredBy(ctx); by != nil {
			by.whenEnded(end)
		} else {
			defer end()
		}
		if len(first) > 0 {
			_ = reload(ctx)
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
