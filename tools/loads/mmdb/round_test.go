package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func testTrial(t *testing.T) *trial {
	t.Helper()
	editions := testEditions(t)
	questions, err := questionsFor(t.Context(), editions[0])
	if err != nil {
		t.Fatal(err)
	}
	return &trial{editions: editions, questions: questions, readers: 4, reloads: 2000}
}

func stopAtFirst(f finding, detail string) error { return fmt.Errorf("%v: %s", f, detail) }

func TestSafeWays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	trial := testTrial(t)
	for _, m := range methods {
		if m.crashes {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			happened := func(f *figures) bool { return f.lookups.Count() >= 1000 && f.reloads.Count() >= 10 && f.most >= 2 }
			f, err := trial.round(t.Context(), m, 400*time.Millisecond, stopAtFirst)
			for longer := 800 * time.Millisecond; err == nil && !happened(f) && longer < time.Minute; longer *= 2 { // on a machine that is busy with other things
				f, err = trial.round(t.Context(), m, longer, stopAtFirst)
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.findings != [findingCount]int64{} {
				t.Errorf("findings %v", f.findings)
			}
			if !happened(f) {
				t.Errorf("%d lookups, %d reloads, %d mappings at most: nothing happened", f.lookups.Count(), f.reloads.Count(), f.most)
			}
			// Every database but the last was replaced, and unmapped.
			if got, want := f.outlived.Count(), f.reloads.Count(); got != want {
				t.Errorf("%d of %d replaced databases were unmapped", got, want)
			}
		})
	}
}

// marking is the unsafe way without the crash: it only marks what it replaces.
type marking struct{ unsafeWay }

func (w *marking) replace(next *database) { w.current.Swap(next).unmapped.Store(true) }

func (w *marking) end(context.Context) error { return nil }

func TestRoundStopsAtFinding(t *testing.T) {
	trial := testTrial(t)
	m := method{name: "marking", begin: func(first *database) way {
		w := &marking{}
		w.current.Store(first)
		return w
	}}
	_, err := trial.round(t.Context(), m, time.Hour, stopAtFirst)
	if err == nil || !strings.Contains(err.Error(), "use after unmap: the database was unmapped while") {
		t.Errorf("error %v", err)
	}
}

// forgetful drops a replaced database without closing it.
type forgetful struct {
	rwmutexWay
	kept []*database
}

func (w *forgetful) replace(next *database) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, w.current)
	w.current = next
}

func TestRoundFindsLeftMappings(t *testing.T) {
	trial := testTrial(t)
	var w *forgetful
	m := method{name: "forgetful", begin: func(first *database) way {
		w = &forgetful{rwmutexWay: rwmutexWay{current: first}}
		return w
	}}
	_, err := trial.round(t.Context(), m, 100*time.Millisecond, stopAtFirst)
	if err == nil || !strings.Contains(err.Error(), "mappings are left at the end") {
		t.Errorf("error %v", err)
	}
	for _, db := range w.kept {
		db.close()
	}
}

func TestRoundInterrupted(t *testing.T) {
	trial := testTrial(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := trial.round(ctx, methods[0], time.Hour, stopAtFirst); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n, ok := mapped(trial.editions); ok && n != 0 {
		t.Errorf("%d mappings are left", n)
	}
}

func TestReloadFails(t *testing.T) {
	trial := testTrial(t)
	trial.editions[2].path += "-missing"
	_, err := trial.round(t.Context(), methods[0], time.Hour, stopAtFirst)
	if err == nil || !strings.Contains(err.Error(), "reload 2: ") {
		t.Errorf("error %v", err)
	}
}

func TestReadersStop(t *testing.T) {
	var stop atomic.Bool
	r := &reader{stop: &stop}
	if !r.more() {
		t.Error("a reader stops before it is told to")
	}
	stop.Store(true)
	if r.more() {
		t.Error("a reader goes on")
	}
}
