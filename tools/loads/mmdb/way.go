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

// The ways to replace a database while it is read.
var ways = []contest.Way[keeper.Begin[database]]{
	{Name: "hazptr", Text: "a hazptr.Holder for each reader; replaced ones are retired.",
		Begin: keeper.Held("mmdb", (*database).size, (*database).close)},
	{Name: guarded, Text: "a hazptr.Guard for each lookup.",
		Begin: keeper.Guarded("mmdb-guard", (*database).close)},
	{Name: "rwmutex", Text: "a read lock around each lookup.",
		Begin: keeper.Locked((*database).close)},
	{Name: "refcount", Text: "a reference for each lookup; what drops the last one unmaps.",
		Begin: keeper.Counted((*database).close)},
	{Name: collected, Text: "never closed; the garbage collector unmaps it some time.", Begin: beginGC},
	{Name: crashing, Text: "closed at once, whatever reads; runs in a child process, since it crashes.",
		Begin: keeper.Unsafe((*database).close)},
}

// Some ways are looked at apart.
const (
	guarded   = "hazptr-guard"
	collected = "gc"
	crashing  = "unsafe" // so it needs a process of its own
)

// A cell has a way look up.
type cell = contest.Cell[keeper.Begin[database]]

// chosen is the ways of a list.
type chosen []contest.Way[keeper.Begin[database]]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

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
