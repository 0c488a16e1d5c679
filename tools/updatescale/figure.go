package main

import (
	"slices"
	"time"
)

// Names of the figures, which programs rely on.
const (
	updates       = "updates"
	updatesPerSec = "updates_per_s"
	endedPerSec   = "ended_per_s"
	updateCPU     = "update_cpu_ns"
	updateAllocs  = "update_allocs"

	latencyAverage = "latency_avg_us"
	latencyMinimum = "latency_min_us"
	latencyP50     = "latency_p50_us"
	latencyP90     = "latency_p90_us"
	latencyP99     = "latency_p99_us"
	latencyMaximum = "latency_max_us"

	floodUpdates   = "flood_updates"
	floodCPU       = "flood_cpu_ns"
	pendingMost    = "pending_most"
	pendingBytes   = "pending_most_bytes"
	pendingLeft    = "pending_left"
	drained        = "drained_us"
	requests       = "requests"
	requestP50     = "request_p50_us"
	requestP99     = "request_p99_us"
	requestP999    = "request_p99.9_us"
	requestMaximum = "request_max_us"
	requestToSwap  = "request_p99.9_to_swap"

	waitingOne     = "waiting_1_percent"
	waitingSome    = "waiting_100_percent"
	waitingMany    = "waiting_10000_percent"
	waitingUpdates = "waiting_updates_percent"
	waitingBarrier = "waiting_barrier_percent"
)

// A pace is a circumstance in which objects end. Its figures tell how soon they
// do.
type pace string

const (
	quiet pace = "quiet"
	paced pace = "paced"
	busy  pace = "busy"
)

func (p pace) replaced() string { return string(p) + "_replaced" }
func (p pace) ended() string    { return string(p) + "_ended" }
func (p pace) p50() string      { return string(p) + "_p50_us" }
func (p pace) p99() string      { return string(p) + "_p99_us" }
func (p pace) maximum() string  { return string(p) + "_max_us" }
func (p pace) length() string   { return string(p) + "_phase_us" }

// A quantile is a figure of a pace: the time within which that share of all
// objects have ended.
type quantile struct {
	figure string
	share  float64
}

func (p pace) quantiles() []quantile {
	return []quantile{{p.p50(), 0.5}, {p.p99(), 0.99}, {p.maximum(), 1}}
}

// A reading is a figure as one run has measured it.
type reading struct {
	figure string
	value  float64
	least  bool // the true one is no less than that, which is all that is known
}

// A run has the readings of one type in one run, in the order in which they are
// printed. A figure that could not be had is missing.
type run []reading

func (r *run) set(figure string, value float64) {
	*r = append(*r, reading{figure: figure, value: value})
}

func (r *run) setTime(figure string, t time.Duration) { r.set(figure, microseconds(t)) }

// of returns the reading of a figure, if there is one.
func (r run) of(figure string) (reading, bool) {
	i := slices.IndexFunc(r, func(found reading) bool { return found.figure == figure })
	if i < 0 {
		return reading{}, false
	}
	return r[i], true
}

func microseconds(t time.Duration) float64 { return float64(t) / 1000 }
