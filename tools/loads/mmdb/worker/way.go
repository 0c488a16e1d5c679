package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// The ways to replace a database while it is read.
var ways = []contest.Way[begin]{
	{Name: "hazptr", Text: "a hazptr.Holder for each reader; replaced ones are retired.",
		Begin: opened(keeper.Held("mmdb", (*database).size, (*database).close))},
	{Name: guarded, Text: "a hazptr.Guard for each lookup.",
		Begin: opened(keeper.Guarded("mmdb-guard", (*database).close))},
	{Name: "live", Text: "a live.Value, and a Do for each lookup.",
		Begin: opened(keeper.Lived("mmdb", (*database).close))},
	{Name: "mapped", Text: "a mapped.Parsed, which maps and parses, and a Do for each lookup.", Begin: beginMapped},
	{Name: "rwmutex", Text: "a read lock around each lookup.",
		Begin: opened(keeper.Locked((*database).close))},
	{Name: "refcount", Text: "a reference for each lookup; what drops the last one unmaps.",
		Begin: opened(keeper.Counted((*database).close))},
	{Name: collected, Text: "never closed; the garbage collector unmaps it some time.", Begin: opened(beginGC)},
	{Name: crashing, Text: "closed at once, whatever reads; runs in a child process, since it crashes.",
		Begin: opened(keeper.AtOnce((*database).close))},
}

// Some ways are looked at apart.
const (
	guarded   = "hazptr-guard"
	collected = "gc"
	crashing  = "unsafe" // so it needs a process of its own
)

// ours are ways that are no rivals of hazptr: they stand on it.
var ours = []string{guarded, "live", "mapped"}

// A cell has a way look up.
type cell = contest.Cell[begin]

// chosen is the ways of a list.
type chosen []contest.Way[begin]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

// gcWay never closes a database: maxminddb unmaps it when the garbage collector
// finds that it cannot be reached.
type gcWay struct {
	keeper.Keeper[database]
	census *contest.Census
}

func beginGC(first *database) keeper.Keeper[database] {
	return &gcWay{keeper.AtOnce(forget)(first), first.Census}
}

// forget has the census told when the garbage collector has found the database.
func forget(old *database) {
	census, bytes, replaced := old.Census, old.Bytes, old.Replaced
	// Cleanups of one object run together, so this one tells when maxminddb's
	// own has unmapped the file.
	runtime.AddCleanup(old.reader, func(time.Time) { census.Died(bytes, replaced) }, replaced)
}

func (w *gcWay) End(ctx context.Context) error {
	if err := w.Keeper.End(ctx); err != nil {
		return err
	}
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
