package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr"
)

// A verdict is what came of a run.
type verdict struct {
	Type     string    `json:"type"`
	Success  bool      `json:"success"`
	Repeat   []string  `json:"repeat"` // the flags that repeat it
	Seed     int64     `json:"seed"`
	Seconds  float64   `json:"seconds"`
	Failures []failure `json:"failures,omitempty"`

	Protections int64       `json:"protections"`
	Pipe        [ages]int64 `json:"reader_pipe"`
	Batch       [ages]int64 `json:"reader_batch"`
	Objects     uint64      `json:"objects"`
	Replaced    int64       `json:"replaced"`
	Ended       int64       `json:"ended"`
	Barriers    int64       `json:"barriers"`
	Callbacks   int64       `json:"callbacks"`
	MostCBs     int64       `json:"most_callbacks_pending"`
	Wakeups     int64       `json:"wakeups"`
	Departures  int64       `json:"departures"`
	Stalls      int64       `json:"stalls"`
	Stutters    int64       `json:"stutters"`
	OnOffs      int64       `json:"onoffs"`
	Shuffles    int64       `json:"shuffles"`
	Collections int64       `json:"collections"`
	Traces      int64       `json:"traces"`

	// Of the first choices of the actors that have made as many.
	Digest string `json:"choices"`

	Digests int    `json:"choosers"`
	Fence   string `json:"fence"`
}

func (t *torture) verdict(took time.Duration, whole bool) *verdict {
	sum := t.tally()
	v := &verdict{
		Type: t.typ.Name, Seed: t.Seed, Repeat: t.arguments(t.typ.Name), Seconds: took.Seconds(), Failures: t.failures.list(), Success: whole && !t.failures.any(),
		Pipe: sum.pipe, Batch: sum.batch, Objects: t.pool.Begun(), Replaced: t.replaced.Load(), Ended: t.ended.Load(), Barriers: t.barriers.passed.Load(),
		Callbacks: t.flooded.Load(), MostCBs: t.mostCBs.Load(), Wakeups: t.wakened.Load(), Departures: t.departures.Load(), Stalls: t.stalls.Load(), Stutters: t.stutters.Load(),
		OnOffs: t.disturbed.onoffs.Load(), Shuffles: t.disturbed.shuffles.Load(), Collections: t.disturbed.collections.Load(), Traces: t.disturbed.traces.Load(),
		Fence: hazptr.Default().Stats().Fence,
	}
	for _, n := range sum.pipe {
		v.Protections += n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	v.Digest, v.Digests = fmt.Sprintf("%016x", t.digest), t.digests
	return v
}

// end prints the last lines of a run.
func (v *verdict) end(w io.Writer) {
	for _, f := range v.Failures {
		fmt.Fprintf(w, "%s-torture: !!! %s\n", v.Type, f)
	}
	word := "FAILURE"
	if v.Success {
		word = "SUCCESS"
	}
	fmt.Fprintf(w, "%s-torture: --- End of test: %s: %s (%.1f s, choices %s of %d)\n", v.Type, word, strings.Join(v.Repeat, " "), v.Seconds, v.Digest, v.Digests)
}
