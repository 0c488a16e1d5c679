package main

import (
	"testing"
	"time"

	"hazptr/tools/internal/way"
)

func TestFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, typ := range way.Updates() {
		for _, f := range []flood{
			{writers: 1, updates: 200, limit: time.Second},
			{writers: 3, updates: 600, limit: 10 * time.Millisecond, readers: 2, timed: true},
			{writers: 2, updates: 100, limit: 10 * time.Millisecond, work: way.NewDelay(time.Microsecond), stall: true, look: true},
		} {
			o, err := f.run(small(typ), new(stock), typ)
			// It came to none, beside other tests.
			for err == nil && f.stall && o.request.Count() == 0 && f.limit < 10*time.Second {
				f.limit *= 10
				o, err = f.run(small(typ), new(stock), typ)
			}
			if err != nil {
				t.Errorf("%s: %v", typ.Name, err)
				continue
			}
			if !f.stall && (o.blocked != noWriter || o.updates < int64(f.writers) || o.updates > int64(f.updates) || o.elapsed <= 0) {
				t.Errorf("%s: %d updates in %v, blocked: %v", typ.Name, o.updates, o.elapsed, o.blocked)
			}
			if f.limit == time.Second && o.updates != 200 {
				t.Errorf("%s: %d of 200 updates", typ.Name, o.updates)
			}
			if f.timed != (o.each.Count() > 0) || f.timed && o.each.Count() != o.updates {
				t.Errorf("%s: %d of %d updates were timed", typ.Name, o.each.Count(), o.updates)
			}
			if f.stall != (o.request.Count() > 0) {
				t.Errorf("%s: %d requests", typ.Name, o.request.Count())
			}
			if f.stall && typ.When.Ends() && (o.left < 1 || o.most < o.left || o.drained <= 0) {
				t.Errorf("%s: %d objects pending at most, %d left, %v to end them", typ.Name, o.most, o.left, o.drained)
			}
		}
	}
}

// What is told to take its time to end takes it.
func TestReclaimTakesTime(t *testing.T) {
	typ := typeNamed(t, "refcnt")
	c := small(typ)
	// A reader would end some objects itself.
	c.Readers, c.Objects, c.Reclaim, c.Duration = 0, 20, time.Millisecond, time.Second
	r, found := &result{typ: typ}, new(run)
	if err := newSeries(c).cost(r, found); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{updatesPerSec, endedPerSec} {
		if rate, _ := found.of(f); rate.value <= 0 || rate.value > 1000 {
			t.Errorf("%s is %.0f, where each takes 1ms", f, rate.value)
		}
	}
}
