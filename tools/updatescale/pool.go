package main

import (
	"time"

	"hazptr/tools/internal/latency"
)

// A pool is how soon the objects of all runs ended.
type pool struct {
	all, ended *latency.Histogram
	open       time.Duration // the least age of objects not ended, or 0
}

func newPool() *pool { return &pool{all: latency.NewHistogram(), ended: latency.NewHistogram()} }

func (p *pool) add(run *promptness) {
	for _, a := range run.ages {
		p.all.Record(a.time)
		switch {
		case a.over:
			p.ended.Record(a.time)
		case p.open == 0 || a.time < p.open:
			p.open = a.time
		}
	}
}

// quantile is that of promptness, with the histogram's error.
func (p *pool) quantile(q float64) (t time.Duration, exact bool) {
	t = p.all.Quantile(q)
	return t, p.open == 0 || t < p.open
}
