package conformance

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A wish was made at some time, and comes to pass when every section that had
// begun by then has ended.
type wish struct {
	made  int
	over  func() bool
	comes bool // by itself
	was   bool // over, at the last look
}

// A timed is a reader, and when it began to be inside.
type timed struct {
	reader
	depth, begun int
}

// gracePeriods drives a domain by a random sequence of calls by one goroutine,
// against the times at which sections begin and end.
func gracePeriods(t *rapid.T, d domain) {
	const n = 3
	now := 0
	var readers []*timed
	for range n {
		readers = append(readers, &timed{reader: d.newReader()})
	}
	var wishes []*wish
	cookies := make(map[any]bool) // that were not over at the last look
	var mu sync.Mutex
	var called []int // the callbacks, by number
	calls := 0
	// free reports whether no section is under way that had begun by then.
	free := func(then int) bool {
		return !slices.ContainsFunc(readers, func(r *timed) bool { return r.depth > 0 && r.begun <= then })
	}
	wishOf := func(comes bool, over func() bool) {
		wishes = append(wishes, &wish{made: now, over: over, comes: comes})
		now++
	}
	returned := func(call int) bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Contains(called, call)
	}
	ofCookie := func(cookie any, comes bool) {
		cookies[cookie] = true
		wishOf(comes, func() bool { return d.poll(cookie) })
	}
	look := func(t *rapid.T) {
		for i, w := range wishes {
			over := w.over()
			if over && !free(w.made) {
				t.Fatalf("wish %d has come to pass, and a section had begun before it", i)
			}
			if !over && w.was {
				t.Fatalf("wish %d had come to pass, and has not", i)
			}
			w.was = over
		}
		live := 0
		for cookie := range cookies {
			if d.poll(cookie) {
				delete(cookies, cookie)
				continue
			}
			live++
		}
		if live > 2 {
			t.Fatalf("%d cookies are live", live)
		}
		mu.Lock()
		defer mu.Unlock()
		for i, call := range called {
			if call != i {
				t.Fatalf("callbacks were called in the order %v", called)
			}
		}
	}
	index := rapid.IntRange(0, n-1)
	t.Repeat(map[string]func(*rapid.T){
		"ReadLock": func(t *rapid.T) {
			r := readers[index.Draw(t, "reader")]
			r.ReadLock()
			if r.depth == 0 {
				r.begun = now
				now++
			}
			r.depth++
		},
		"ReadUnlock": func(t *rapid.T) {
			r := readers[index.Draw(t, "reader")]
			if r.depth == 0 {
				t.Skip("it is not inside")
			}
			r.ReadUnlock()
			r.depth--
		},
		"another reader": func(t *rapid.T) {
			r := readers[index.Draw(t, "reader")]
			if r.depth > 0 {
				t.Skip("it is inside")
			}
			r.Close()
			r.reader = d.newReader()
		},
		"Call": func(t *rapid.T) {
			call := calls
			calls++
			d.Call(func() {
				mu.Lock()
				defer mu.Unlock()
				called = append(called, call)
			})
			wishOf(true, func() bool { return returned(call) })
		},
		"StartPoll": func(t *rapid.T) { ofCookie(d.startPoll(), true) },
		"GetState":  func(t *rapid.T) { ofCookie(d.getState(), false) },
		"Synchronize": func(t *rapid.T) {
			if !free(now) {
				ctx, cancel := context.WithTimeout(context.Background(), 200*time.Microsecond)
				defer cancel()
				if err := d.Synchronize(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("a section had begun before Synchronize, which returns: %v", err)
				}
				return
			}
			if err := d.Synchronize(within(t, soon)); err != nil {
				t.Fatal(err)
			}
			for cookie := range cookies {
				if !d.poll(cookie) {
					t.Fatal("a grace period has passed, and a cookie of before it does not tell")
				}
			}
		},
		"Barrier": func(t *rapid.T) {
			if free(now) {
				if err := d.Barrier(within(t, soon)); err != nil {
					t.Fatal(err)
				}
			} else {
				ctx, cancel := context.WithTimeout(context.Background(), 200*time.Microsecond)
				defer cancel()
				err := d.Barrier(ctx)
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
				if err != nil {
					// It can't be told whether the grace period of the last
					// callback has begun before the readers came that are
					// inside.
					return
				}
			}
			if calls > 0 && !returned(calls-1) {
				t.Fatal("Barrier has returned, and a callback has not been called")
			}
		},
		"": look,
	})
	for _, r := range readers {
		for ; r.depth > 0; r.depth-- {
			r.ReadUnlock()
		}
		r.Close()
	}
	if err := d.Close(within(t, soon)); err != nil {
		t.Fatal(err)
	}
	look(t)
	for _, w := range wishes {
		if w.comes && !w.over() {
			t.Fatal("the domain is closed, and what was asked for has not come to pass")
		}
	}
	if len(called) != calls {
		t.Fatalf("%d callbacks were called, want %d", len(called), calls)
	}
}

// A wish comes to pass when the sections have ended that had begun by its time,
// and not before. In a quiet moment it does so at once.
func TestGracePeriodsProperty(t *testing.T) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			check(t, 250, func(t *rapid.T) { gracePeriods(t, of.new()) })
		})
	}
}
