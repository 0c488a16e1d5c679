package main

import (
	"hazptr"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// A way to replace a database while it is read. The loops over lookups are the
// ways' own, so that none pays for a call that another does not make.
type way interface {
	keeper.Keeper[database]

	// read looks up until the reader has had enough. Many goroutines call it.
	read(r *reader)

	// visit returns what looks at the present database for one caller, one time
	// after the other, and what to call when it is no longer needed.
	visit() (look look, leave func())
}

// A look is what a connection has: it has the present database used.
type look = func(use func(*database))

var ways = []contest.Way[func(first *database) way]{
	{Name: "hazptr", Text: "a hazptr.Holder for each reader; replaced ones are retired.",
		Begin: func(first *database) way {
			return &hazptrWay{keeper.NewHazptr("mmdb", first, (*database).size, (*database).close)}
		}},
	{Name: guarded, Text: "a hazptr.Guard for each lookup.",
		Begin: func(first *database) way {
			return &guardWay{keeper.NewHazptr("mmdb-guard", first, nil, (*database).close)}
		}},
	{Name: "rwmutex", Text: "a read lock around each lookup.",
		Begin: func(first *database) way { return &rwmutexWay{keeper.NewLocked(first, (*database).close)} }},
	{Name: "refcount", Text: "a reference for each lookup; what drops the last one unmaps.",
		Begin: func(first *database) way { return &refcountWay{keeper.NewCounted(first, (*database).close)} }},
	{Name: collected, Text: "never closed; the garbage collector unmaps it some time.", Begin: beginGC},
	{Name: crashing, Text: "closed at once, whatever reads; runs in a child process, since it crashes.",
		Begin: func(first *database) way { return &unsafeWay{keeper.NewUnsafe(first, (*database).close)} }},
}

// Some ways are looked at apart.
const (
	guarded   = "hazptr-guard"
	collected = "gc"
	crashing  = "unsafe" // so it needs a process of its own
)

// A cell has a way look up.
type cell = contest.Cell[func(first *database) way]

// chosen is the ways of a list.
type chosen []contest.Way[func(first *database) way]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

// hazptrWay protects the database with a hazard pointer that each reader owns.
type hazptrWay struct{ *keeper.Hazptr[database] }

func (w *hazptrWay) read(r *reader) {
	k, h := w.Hazptr, hazptr.NewHolder[database]()
	defer h.Close()
	for r.More() {
		r.ask(k.Current.Protect(h))
		h.Clear()
		r.Lap()
	}
}

func (w *hazptrWay) visit() (look, func()) {
	h := hazptr.NewHolder[database]()
	return func(use func(*database)) {
		use(w.Current.Protect(h))
		h.Clear()
	}, h.Close
}

// guardWay protects the database for one lookup, as a program does whose
// readers come and go.
type guardWay struct{ *keeper.Hazptr[database] }

func (w *guardWay) read(r *reader) {
	k := w.Hazptr
	for r.More() {
		g := k.Current.Acquire()
		r.ask(g.Ptr())
		g.Release()
		r.Lap()
	}
}

func (w *guardWay) visit() (look, func()) {
	return func(use func(*database)) {
		g := w.Current.Acquire()
		use(g.Ptr())
		g.Release()
	}, func() {}
}

// rwmutexWay holds a read lock during the lookup.
type rwmutexWay struct{ *keeper.Locked[database] }

func (w *rwmutexWay) read(r *reader) {
	k := w.Locked
	for r.More() {
		k.Mu.RLock()
		r.ask(k.Current)
		k.Mu.RUnlock()
		r.Lap()
	}
}

func (w *rwmutexWay) visit() (look, func()) {
	return func(use func(*database)) {
		w.Mu.RLock()
		use(w.Current)
		w.Mu.RUnlock()
	}, func() {}
}

// refcountWay has a reference to the database during the lookup.
type refcountWay struct{ *keeper.Counted[database] }

func (w *refcountWay) read(r *reader) {
	k := w.Counted
	for r.More() {
		c := k.Get()
		r.ask(c.Object)
		c.Put()
		r.Lap()
	}
}

func (w *refcountWay) visit() (look, func()) {
	return func(use func(*database)) {
		c := w.Get()
		use(c.Object)
		c.Put()
	}, func() {}
}

// unsafeWay waits for no reader.
type unsafeWay struct{ *keeper.Unsafe[database] }

func (w *unsafeWay) read(r *reader) {
	k := w.Unsafe
	for r.More() {
		r.ask(k.Current.Load())
		r.Lap()
	}
}

func (w *unsafeWay) visit() (look, func()) {
	return func(use func(*database)) { use(w.Current.Load()) }, func() {}
}
