package main

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// gcWay never closes a database: maxminddb unmaps it when the garbage collector
// finds that it cannot be reached.
type gcWay struct {
	current atomic.Pointer[database]
	census  *contest.Census
}

func beginGC(first *database) keeper.Keeper[database] {
	w := &gcWay{census: first.Census}
	w.current.Store(first)
	return w
}

func (w *gcWay) Visit() (keeper.Look[database], func()) {
	return func(use func(*database)) { use(w.current.Load()) }, func() {}
}

func (w *gcWay) Replace(next *database) {
	old := w.current.Swap(next)
	census, bytes, replaced := old.Census, old.Bytes, old.Replaced
	// Cleanups of one object run together, so this one tells when maxminddb's
	// own has unmapped the file.
	runtime.AddCleanup(old.reader, func(time.Time) { census.Died(bytes, replaced) }, replaced)
}

func (w *gcWay) End(ctx context.Context) error {
	w.Replace(nil)
	for w.census.Count() > 0 {
		runtime.GC() // nothing else is left to make the collector run
		select {
		case <-ctx.Done():
			return fmt.Errorf("the garbage collector left %d mappings: %w", w.census.Count(), ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}
