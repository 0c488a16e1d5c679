package main

import (
	"testing"
	"time"
)

func TestPool(t *testing.T) {
	over := func(times ...time.Duration) *promptness {
		p := new(promptness)
		for _, t := range times {
			p.ages = append(p.ages, age{t, true})
		}
		return p
	}
	open := &promptness{ages: []age{{50, false}}}
	for _, c := range []struct {
		runs  []*promptness
		q     float64
		want  time.Duration
		exact bool
	}{
		{nil, 0.5, 0, true},
		{[]*promptness{over(7)}, 0.99, 7, true},
		{[]*promptness{over(10, 40), over(20, 30)}, 0.5, 20, true},
		{[]*promptness{over(10, 40), over(20, 30)}, 1, 40, true},
		{[]*promptness{over(10, 40), open}, 0.6, 40, true},
		{[]*promptness{open, over(10, 60)}, 0.5, 50, false},
		{[]*promptness{open, over(10, 60)}, 1, 60, false},
	} {
		p := newPool()
		for _, run := range c.runs {
			p.add(run)
		}
		if got, exact := p.quantile(c.q); got != c.want || exact != c.exact {
			t.Errorf("quantile %v of %v is %d, %v, want %d, %v", c.q, c.runs, got, exact, c.want, c.exact)
		}
	}
}

// A quantile is shown of all runs together, and other figures as medians.
func TestPooled(t *testing.T) {
	r := &result{typ: typeNamed(t, "refcnt")}
	for i, us := range []int{1, 2, 30} {
		r.pool(paced).add(&promptness{ages: []age{{time.Duration(us) * time.Microsecond, true}}})
		r.runs = append(r.runs, run{{paced.p99(), float64(us), false}, {updates, float64(i), false}})
	}
	if us, least, ok := r.shown(paced.p99()); us < 29 || us > 31 || least || !ok {
		t.Errorf("p99 is %v, %v, %v", us, least, ok)
	}
	if n, least, ok := r.shown(updates); n != 1 || least || !ok {
		t.Errorf("updates are %v, %v, %v", n, least, ok)
	}
	for _, none := range []string{quiet.p99(), requests} {
		if _, _, ok := r.shown(none); ok {
			t.Errorf("there is %s", none)
		}
	}
}
