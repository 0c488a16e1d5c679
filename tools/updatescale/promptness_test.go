package main

import (
	"testing"
	"time"

	"hazptr/tools/internal/way"
)

func TestQuantile(t *testing.T) {
	over := func(times ...time.Duration) (ages []age) {
		for _, t := range times {
			ages = append(ages, age{t, true})
		}
		return ages
	}
	for _, c := range []struct {
		ages  []age
		q     float64
		want  time.Duration
		exact bool
	}{
		{nil, 0.5, 0, true},
		{over(7), 0.5, 7, true},
		{over(7), 0.99, 7, true},
		{over(1, 2, 3, 4), 0.5, 2, true},
		{over(1, 2, 3, 4), 1, 4, true},
		// Whatever becomes of the third.
		{append(over(1, 2), age{3, false}), 0.5, 2, true},
		{append(over(1, 2), age{3, false}), 1, 3, false},
		// The first may become 4.
		{append([]age{{1, false}}, over(2, 3)...), 0.5, 2, false},
	} {
		p := promptness{ages: c.ages}
		if got, exact := p.quantile(c.q); got != c.want || exact != c.exact {
			t.Errorf("quantile %v of %v = %d, %v, want %d, %v", c.q, c.ages, got, exact, c.want, c.exact)
		}
	}
}

func TestTrace(t *testing.T) {
	tr := &trace{epoch: time.Now(), moments: make([]moment, 4)}
	set := func(number int, begun, released, ended int64) {
		m := &tr.moments[number]
		m.begun.Store(begun)
		m.released.Store(released)
		m.ended.Store(ended)
	}
	set(0, 10, 25, 100) // a reader had it
	set(1, 10, 5, 40)   // the last one left before the update
	set(2, 10, 0, 0)    // has not ended
	set(3, 0, 3, 0)     // was not replaced
	p := tr.promptness(time.Second)
	if p.ended != 2 || len(p.ages) != 3 || p.length != time.Second {
		t.Fatalf("%+v", p)
	}
	var over []time.Duration
	for _, a := range p.ages {
		if a.over {
			over = append(over, a.time)
		}
	}
	if len(over) != 2 || over[0] != 30 || over[1] != 75 {
		t.Errorf("%v", p.ages)
	}
}

// What is measured is the time after the reader has left, not how long it had
// the object.
func TestPromptnessOfRefcnt(t *testing.T) {
	typ := typeNamed(t, "refcnt")
	c := small(typ)
	for name, measure := range map[string]func() (*promptness, error){
		"quiet": func() (*promptness, error) { return quietly(c, new(stock), typ) },
		"paced": func() (*promptness, error) { return regularly(c, new(stock), typ, 1) },
	} {
		p, err := measure()
		if err != nil {
			t.Fatal(err)
		}
		if at, exact := p.quantile(0); len(p.ages) == 0 || p.ended != len(p.ages) || at < 0 || at > 20*time.Microsecond || !exact {
			t.Errorf("%s: %d of %d have ended, the first after %v, %v", name, p.ended, len(p.ages), at, exact)
		}
	}
}

func TestOnlyTheCollectorEndsWhatItShould(t *testing.T) {
	typ := typeNamed(t, "gc")
	p, err := regularly(small(typ), new(stock), typ, 1)
	if err != nil {
		t.Fatal(err)
	}
	if at, exact := p.quantile(1); p.ended == 0 && (exact || at <= 0) {
		t.Errorf("nothing has ended, and the last after %v, %v", at, exact)
	}
	if typ.When != way.Collected {
		t.Error("gc ends objects at some other time")
	}
}
