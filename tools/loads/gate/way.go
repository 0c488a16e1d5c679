package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"hazptr/gate"
	"hazptr/internal/percpugate"
)

// A way to keep I/O out of a queue that is changed. The loops over I/Os are the ways' own, so that none pays for a call that another doesn't.
type way interface {
	// work does I/O until the worker has had enough. Many goroutines call it.
	work(w *worker)

	// freeze waits until nobody is inside, and lets nobody in until thaw. One goroutine calls them.
	freeze(ctx context.Context) error
	thaw()
}

// A method makes ways.
type method struct {
	name    string
	summary string
	begin   func() way
	busted  bool // it lets workers stay inside while the queue is frozen
}

var methods = []method{
	{"hazptr", "a gate.Gate: a hazard pointer for each I/O", func() way { return &hazptrWay{gate.New()} }, false},
	{"percpu_ref", "the kernel's: a percpu_ref counts I/Os, and is killed to freeze the queue", func() way { return &percpuWay{percpugate.New()} }, false},
	{"rwmutex", "a read lock around each I/O", func() way { return &rwmutexWay{} }, false},
	{"refcnt", "one count of all I/Os, and a flag", beginRefcnt, false},
	{"busted", "a gate.Gate whose freeze waits for nobody: what must be noticed; not among all", func() way { return &bustedWay{&hazptrWay{gate.New()}} }, true},
}

// methodsNamed returns the methods of a list of names, each once; "all" means all that work.
func methodsNamed(list string) (chosen []method, err error) {
	seen := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		known := false
		for _, m := range methods {
			if m.name != name && (name != "all" || m.busted) {
				continue
			}
			known = true
			if !seen[m.name] {
				seen[m.name] = true
				chosen = append(chosen, m)
			}
		}
		if !known {
			var names []string
			for _, m := range methods {
				names = append(names, m.name)
			}
			return nil, fmt.Errorf("unknown way %q; there are %s and all", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}

type hazptrWay struct{ gate *gate.Gate }

func (w *hazptrWay) work(r *worker) {
	for r.more() {
		p, err := w.gate.Enter(r.ctx)
		if err != nil {
			return
		}
		r.io()
		p.Exit()
		r.lap()
	}
}

func (w *hazptrWay) freeze(ctx context.Context) error { return w.gate.Freeze(ctx) }

func (w *hazptrWay) thaw() { w.gate.Unfreeze() }

type percpuWay struct{ gate *percpugate.Gate }

func (w *percpuWay) work(r *worker) {
	for r.more() {
		p, err := w.gate.Enter(r.ctx)
		if err != nil {
			return
		}
		r.io()
		p.Exit()
		r.lap()
	}
}

func (w *percpuWay) freeze(ctx context.Context) error { return w.gate.Freeze(ctx) }

func (w *percpuWay) thaw() { w.gate.Unfreeze() }

type rwmutexWay struct{ mu sync.RWMutex }

func (w *rwmutexWay) work(r *worker) {
	for r.more() {
		w.mu.RLock()
		r.io()
		w.mu.RUnlock()
		r.lap()
	}
}

func (w *rwmutexWay) freeze(context.Context) error {
	w.mu.Lock()
	return nil
}

func (w *rwmutexWay) thaw() { w.mu.Unlock() }

// refcntWay counts who is inside. The lowest bit says that the queue is frozen, so that a worker sees it with the very operation that counts it.
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
	for r.more() {
		w.enter()
		r.io()
		w.exit()
		r.lap()
	}
}

func (w *refcntWay) freeze(ctx context.Context) error {
	w.inside.Add(refcntFrozen)
	// A word that was left for an earlier freeze, or by a worker that came too late, makes us look once more.
	for w.inside.Load() != refcntFrozen {
		select {
		case <-w.empty:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (w *refcntWay) thaw() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inside.Add(-refcntFrozen)
	w.thawed.Broadcast()
}

type bustedWay struct{ *hazptrWay }

func (w *bustedWay) freeze(context.Context) error { return nil }

func (w *bustedWay) thaw() {}
