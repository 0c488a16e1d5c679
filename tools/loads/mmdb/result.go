package main

import (
	"time"

	"hazptr/tools/loads/internal/latency"
	"hazptr/tools/loads/internal/rounds"
)

// A result is what all rounds of a way found.
type result struct {
	Way            string         `json:"way"`
	LookupsPerSec  *rounds.Spread `json:"lookups_per_second,omitempty"`
	ToHazptr       *rounds.Spread `json:"to_hazptr,omitempty"`
	Lookup         *lookupTimes   `json:"lookup,omitempty"`
	Reloads        int64          `json:"reloads,omitempty"`
	Reload         *times         `json:"reload,omitempty"`
	Unmapped       *times         `json:"unmapped_after_replacement,omitempty"`
	MostMappings   int            `json:"most_mappings_alive,omitempty"`
	MostBytes      int64          `json:"most_bytes_alive,omitempty"`
	UsedAfterUnmap int64          `json:"used_after_unmap"`
	WrongAnswers   int64          `json:"wrong_answers"`
	FailedLookups  int64          `json:"failed_lookups"`
	Ended          *ending        `json:"ended,omitempty"` // of a way that ran in a child process
}

type times struct {
	Median time.Duration `json:"median_ns"`
	Worst  time.Duration `json:"worst_ns"`
}

type lookupTimes struct {
	times
	P999 time.Duration `json:"p99.9_ns"`
}

func timesOf(h *latency.Histogram) times { return times{h.Quantile(0.5), h.Worst()} }

func resultOf(way string, all []*figures) result {
	lookups, reloads, outlived := latency.NewHistogram(), latency.NewHistogram(), latency.NewHistogram()
	var perSecond []float64
	r := result{Way: way}
	for _, f := range all {
		lookups.Merge(f.lookups)
		reloads.Merge(f.reloads)
		outlived.Merge(f.outlived)
		perSecond = append(perSecond, f.perSecond())
		r.MostMappings = max(r.MostMappings, f.most)
		r.MostBytes = max(r.MostBytes, f.mostBytes)
		r.UsedAfterUnmap += f.findings[usedAfterUnmap]
		r.WrongAnswers += f.findings[wrongAnswer]
		r.FailedLookups += f.findings[failedLookup]
	}
	spread, reload, unmapped := rounds.SpreadOf(perSecond), timesOf(reloads), timesOf(outlived)
	r.LookupsPerSec, r.Reloads, r.Reload, r.Unmapped = &spread, reloads.Count(), &reload, &unmapped
	r.Lookup = &lookupTimes{timesOf(lookups), lookups.Quantile(0.999)}
	return r
}
