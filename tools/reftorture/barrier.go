package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// barrier posts callbacks from several goroutines and then waits for them: as
// many must have been invoked as were posted.
func (t *torture) barrier(a *actor) {
	p := t.retirer
	if p == nil || t.BarrierCBs == 0 {
		return
	}
	ways := slices.DeleteFunc(t.subject.Ways(), func(w subject.Way) bool { return w.Waits })
	for a.on(nil) {
		c := a.next()
		var posted, invoked atomic.Int64
		post := func(takes time.Duration) {
			posted.Add(1)
			p.Post(func() {
				time.Sleep(takes)
				invoked.Add(1)
			})
		}
		var all sync.WaitGroup
		for range 1 + c.of(t.BarrierCBs) {
			own := a.next()
			all.Go(func() {
				for range 1 + own.of(8) {
					if o := t.object(own.one(2), false); o != nil {
						// Readers may have the object that it replaces.
						ways[own.of(len(ways))].Replace(own.of(t.Cells), o, func(o *mortal.Object) {
							posted.Add(1)
							t.unlinked(o)
						}, func(o *mortal.Object) {
							invoked.Add(1)
							t.end(o)
						})
					}
					if own.one(32) {
						post(100 * time.Microsecond)
					} else {
						post(0)
					}
				}
			})
		}
		all.Wait()
		if c.one(2) { // the very last one takes long
			post(200 * time.Microsecond)
		}
		want := posted.Load()
		ctx, cancel := context.WithTimeout(context.Background(), t.Patience)
		err := p.Barrier(ctx)
		cancel()
		// What "replace" unlinks is counted when it ends, so more may be posted
		// by now, but not fewer invoked than there were then.
		if got := invoked.Load(); err != nil {
			a.fail(kindError, "%v", err)
		} else if t.barriers.tries.Add(1); got < want {
			a.fail(kindBarrier, "a barrier has returned when %d of %d callbacks were invoked", got, want)
		} else {
			t.barriers.passed.Add(1)
		}
		time.Sleep(time.Duration(c.of(2000)) * time.Microsecond)
	}
}
