package main

import (
	"context"
	"sync"
	"sync/atomic"

	gates "hazptr/gate"
	"hazptr/internal/percpugate"
	"hazptr/tools/loads/internal/contest"
)

// A way to keep I/O out of a queue that is changed. The loops over I/Os are the
// ways' own, so that none pays for a call that another does not make.
type way interface {
	// work does I/O until the worker has had enough. Many goroutines call it.
	work(w *worker)

	// Freeze waits until no I/O is inside, and lets none in until Unfreeze. One
	// goroutine calls them.
	Freeze(ctx context.Context) error
	Unfreeze()
}

// A cell has a way do a kind of I/O.
type cell = contest.Cell[func() way]

var ways = []contest.Way[func() way]{
	{Name: "hazptr", Text: "a gate.Gate: a hazard pointer for each I/O.", Begin: func() way { return &hazptrWay{gates.New()} }},
	{Name: "percpu_ref", Text: "the kernel's: a percpu_ref counts I/Os, and is killed to freeze the queue.", Begin: func() way { return &percpuWay{percpugate.New()} }},
	{Name: "rwmutex", Text: "a read lock around each I/O.", Begin: func() way { return &rwmutexWay{} }},
	{Name: "refcnt", Text: "one count of all I/Os, and a flag.", Begin: beginRefcnt},
	{Name: "busted", Text: "a gate.Gate whose freeze waits for no I/O. It must be noticed, and is not among all.", Begin: func() way { return &bustedWay{&hazptrWay{gates.New()}} }, Busted: true},
}

// chosen is the ways of a list.
type chosen []contest.Way[func() way]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

type hazptrWay struct{ *gates.Gate }

func (w *hazptrWay) work(r *worker) {
	for r.More() {
		p, err := w.Enter(r.Context)
		if err != nil {
			return
		}
		r.io()
		p.Exit()
		r.Lap()
	}
}

type percpuWay struct{ *percpugate.Gate }

func (w *percpuWay) work(r *worker) {
	for r.More() {
		p, err := w.Enter(r.Context)
		if err != nil {
			return
		}
		r.io()
		p.Exit()
		r.Lap()
	}
}

type rwmutexWay struct{ mu sync.RWMutex }

func (w *rwmutexWay) work(r *worker) {
	for r.More() {
		w.mu.RLock()
		r.io()
		w.mu.RUnlock()
		r.Lap()
	}
}

func (w *rwmutexWay) Freeze(context.Context) error {
	w.mu.Lock()
	return nil
}

func (w *rwmutexWay) Unfreeze() { w.mu.Unlock() }

// refcntWay counts the I/Os inside. The lowest bit says that the queue is
// frozen, so that a worker sees it with the very operation that counts it.
type refcntWay struct {
	inside atomic.Int64
	empty  chan struct{} // has room for one

	mu     sync.Mutex
	thawed *sync.Cond
}

const (
	refcntFrozen = 1
	refcntOne    = 2
)

func beginRefcnt() way {
	w := &refcntWay{empty: make(chan struct{}, 1)}
	w.thawed = sync.NewCond(&w.mu)
	return w
}

func (w *refcntWay) enter() {
	for w.inside.Add(refcntOne)&refcntFrozen != 0 {
		w.exit()
		w.mu.Lock()
		for w.inside.Load()&refcntFrozen != 0 {
			w.thawed.Wait()
		}
		w.mu.Unlock()
	}
}

func (w *refcntWay) exit() {
	if w.inside.Add(-refcntOne) == refcntFrozen {
		select {
		case w.empty <- struct{}{}:
		default:
		}
	}
}

func (w *refcntWay) work(r *worker) {
	for r.More() {
		w.enter()
		r.io()
		w.exit()
		r.Lap()
	}
}

func (w *refcntWay) Freeze(ctx context.Context) error {
	w.inside.Add(refcntFrozen)
	// A word that was left for an earlier freeze, or by a worker that came too
	// late, makes us look once more.
	for w.inside.Load() != refcntFrozen {
		select {
		case <-w.empty:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (w *refcntWay) Unfreeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inside.Add(-refcntFrozen)
	w.thawed.Broadcast()
}

type bustedWay struct{ *hazptrWay }

func (w *bustedWay) Freeze(context.Context) error { return nil }

func (w *bustedWay) Unfreeze() {}

const (
	empty = "empty"
	small = "small"
	mixed = "mixed"
)

// The kinds of I/O.
var kinds = []contest.Kind{
	{Name: empty, Text: "nothing inside", Together: 64},
	{Name: small, Text: "reads of 512 bytes", Together: 1},
	{Name: mixed, Text: "4 kB, one in four written", Together: 1},
}

// blockSize is that of a kind's blocks.
var blockSize = map[string]int{empty: leastBlock, small: 512, mixed: 4096}

// done is the kinds of a list.
type done []contest.Kind

// UnmarshalText reads the list.
func (d *done) UnmarshalText(text []byte) (err error) {
	*d, err = contest.ChooseKinds(string(text), kinds)
	return err
}
