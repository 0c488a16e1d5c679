package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// floods posts as many callbacks as it can for a while, and beside them one
// that posts itself again and again. All must be invoked soon, and the latter
// go on meanwhile.
func (t *torture) floods(a *actor) {
	p := t.retirer
	if p == nil {
		return
	}
	for a.on(nil) {
		c := a.next()
		var posted, invoked, turns atomic.Int64
		var over atomic.Bool
		var again func()
		again = func() {
			turns.Add(1)
			if !over.Load() {
				posted.Add(1)
				p.Post(again)
			}
			invoked.Add(1)
		}
		posted.Add(1)
		p.Post(again)
		callback := func() { invoked.Add(1) }
		begun := time.Now()
		limit := time.Duration(20+c.of(200)) * time.Millisecond
		for i := 0; time.Since(begun) < limit && !t.stop.Load(); i++ {
			for range 64 {
				posted.Add(1)
				p.Post(callback)
			}
			done := invoked.Load()
			if pending := posted.Load() - done; pending > t.mostCBs.Load() {
				t.mostCBs.Store(pending)
			}
			if i%64 == 0 && c.one(2) {
				runtime.Gosched()
			}
		}
		progress := t.eventually(func() bool { return turns.Load() > 1 })
		over.Store(true)
		t.flooded.Add(posted.Load())
		switch all := t.eventually(func() bool { return invoked.Load() == posted.Load() }); {
		case !progress:
			a.fail(kindProgress, "a callback that posts itself was invoked %d times in a flood and %v after it", turns.Load(), t.Patience)
		case !all:
			a.fail(kindLost, "%d of %d callbacks have not been invoked %v after a flood", posted.Load()-invoked.Load(), posted.Load(), t.Patience)
		}
		t.drained.add(time.Since(begun) - limit)
		a.sleep(time.Duration(200+c.of(1000)) * time.Millisecond)
	}
}

// eventually waits until it is so, but not for ever.
func (t *torture) eventually(so func() bool) bool {
	for end := time.Now().Add(t.Patience); !so(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// durations count how long something took: less than 1 ms, 10 ms, and so on.
type durations [6]atomic.Int64

func (d *durations) add(took time.Duration) {
	i := 0
	for limit := time.Millisecond; i < len(d)-1 && took >= limit; limit *= 10 {
		i++
	}
	d[i].Add(1)
}

func (d *durations) String() string {
	var b strings.Builder
	for i, limit := range []string{"<1ms", "<10ms", "<100ms", "<1s", "<10s", "more"} {
		if n := d[i].Load(); n > 0 {
			fmt.Fprintf(&b, " %s:%d", limit, n)
		}
	}
	return b.String()
}
