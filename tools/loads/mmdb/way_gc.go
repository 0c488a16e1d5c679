package main

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// gcWay never closes a database: maxminddb unmaps it when the garbage collector finds that nobody can reach it.
type gcWay struct {
	current atomic.Pointer[database]
	census  *census
}

func beginGC(first *database) way {
	w := &gcWay{census: first.census}
	w.current.Store(first)
	return w
}

func (w *gcWay) read(r *reader) {
	for r.more() {
		r.ask(w.current.Load())
		r.lap()
	}
}

func (w *gcWay) visit() (func(func(*database)), func()) {
	return func(use func(*database)) { use(w.current.Load()) }, func() {}
}

func (w *gcWay) replace(next *database) {
	old := w.current.Swap(next)
	// Cleanups of one object run together, so this one tells when maxminddb's own has unmapped the file.
	runtime.AddCleanup(old.reader, func(g grave) { g.census.died(g.bytes, g.replaced) }, grave{old.census, old.bytes, old.replaced})
}

// A grave is what a database leaves behind.
type grave struct {
	census   *census
	bytes    int64
	replaced time.Time
}

func (w *gcWay) end(ctx context.Context) error {
	w.replace(nil)
	for w.census.count() > 0 {
		runtime.GC() // nothing else is left to make the collector run
		select {
		case <-ctx.Done():
			return fmt.Errorf("the garbage collector left %d mappings: %w", w.census.count(), ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}
