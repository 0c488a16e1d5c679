package main

import "time"

// A figure is something that each run measures once, if it can be had at all. Its name is what programs rely on.
type figure struct{ name string }

var (
	updates       = &figure{"updates"}
	updatesPerSec = &figure{"updates_per_s"}
	endedPerSec   = &figure{"ended_per_s"}
	updateCPU     = &figure{"update_cpu_ns"}
	updateAllocs  = &figure{"update_allocs"}

	latencyAverage = &figure{"latency_avg_us"}
	latencyMinimum = &figure{"latency_min_us"}
	latencyP50     = &figure{"latency_p50_us"}
	latencyP90     = &figure{"latency_p90_us"}
	latencyP99     = &figure{"latency_p99_us"}
	latencyMaximum = &figure{"latency_max_us"}

	quiet = newPace("quiet")
	paced = newPace("paced")
	busy  = newPace("busy")

	floodUpdates   = &figure{"flood_updates"}
	floodCPU       = &figure{"flood_cpu_ns"}
	pendingMost    = &figure{"pending_most"}
	pendingBytes   = &figure{"pending_most_bytes"}
	pendingLeft    = &figure{"pending_left"}
	drained        = &figure{"drained_us"}
	requests       = &figure{"requests"}
	requestP50     = &figure{"request_p50_us"}
	requestP99     = &figure{"request_p99_us"}
	requestP999    = &figure{"request_p99.9_us"}
	requestMaximum = &figure{"request_max_us"}
	requestToSwap  = &figure{"request_p99.9_to_swap"}
)

// A pace is a circumstance in which objects end, and the figures of how soon they do.
type pace struct{ replaced, ended, p50, p99, maximum, length *figure }

func newPace(name string) *pace {
	return &pace{
		replaced: &figure{name + "_replaced"},
		ended:    &figure{name + "_ended"},
		p50:      &figure{name + "_p50_us"},
		p99:      &figure{name + "_p99_us"},
		maximum:  &figure{name + "_max_us"},
		length:   &figure{name + "_phase_us"},
	}
}

func (p *pace) figures() []*figure {
	return []*figure{p.replaced, p.ended, p.p50, p.p99, p.maximum, p.length}
}

// figures returns all of them, in the order in which they are printed.
func figures() []*figure {
	all := []*figure{updates, updatesPerSec, endedPerSec, updateCPU, updateAllocs,
		latencyAverage, latencyMinimum, latencyP50, latencyP90, latencyP99, latencyMaximum}
	for _, p := range []*pace{quiet, paced, busy} {
		all = append(all, p.figures()...)
	}
	return append(all, floodUpdates, floodCPU, pendingMost, pendingBytes, pendingLeft, drained,
		requests, requestP50, requestP99, requestP999, requestMaximum, requestToSwap)
}

// A reading is what one run has measured.
type reading struct {
	value float64
	least bool // the true one is no less than that, which is all that is known
}

// A run has the readings of one type in one run. A figure that could not be had is missing.
type run map[*figure]reading

func (r run) set(f *figure, value float64) { r[f] = reading{value: value} }

func (r run) setTime(f *figure, t time.Duration) { r.set(f, microseconds(t)) }

func microseconds(t time.Duration) float64 { return float64(t) / 1000 }
