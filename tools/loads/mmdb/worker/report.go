package main

import (
	"fmt"
	"os"
	"strings"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	contest.Report
	Database string `json:"database"`
	Bytes    int64  `json:"bytes"`
	Mapped   bool   `json:"mapped"`
	Readers  int    `json:"readers"`
	Reloads  int    `json:"reloads_per_second"`
	Heap     int    `json:"heap_mib"`
	HTTP     bool   `json:"http"`

	// Of ways that ran in a child process.
	Endings []*ending `json:"endings,omitempty"`
}

func newReport(o *options, t *trial, results []contest.Result, endings []*ending) (*report, error) {
	info, err := os.Stat(t.editions[0].path)
	if err != nil {
		return nil, err
	}
	s := summary.New("mmdb", "a reference count or a read lock is written by every lookup; the garbage collector unmaps late", o.Words())
	r := &report{
		Report:   contest.NewReport(s, &o.Options, []contest.Kind{lookups}, results, ours...),
		Database: string(o.Database), Bytes: info.Size(), Mapped: canMap,
		Readers: o.Readers, Reloads: o.Reloads, Heap: o.Heap, HTTP: o.HTTP, Endings: endings,
	}
	if r.Database == "" {
		r.Database = fmt.Sprintf("generated, %d networks", o.Networks)
	}
	for other, base := range r.Pairs(lookups, ours...) {
		r.Figures = append(r.Figures,
			summary.Figure{Name: "lookups per second, against " + other.Way, Before: other.PerSecond.Median, After: base.PerSecond.Median},
			summary.Figure{Name: "replaced to unmapped, worst, against " + other.Way, Unit: "ms", Before: float64(other.Ended.Worst) / 1e6, After: float64(base.Ended.Worst) / 1e6})
		if other.Way == collected {
			r.Verdict += "\ngc unmaps after up to " + latency.Text(other.Ended.Worst)
		}
	}
	return r, nil
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Database: %s, %s. Readers: %d. Reloads per second: %d. Each way: %s, live heap %d MiB, hazptr's fence: %s.\n",
		r.Database, bytesText(r.Bytes), r.Readers, r.Reloads, r.Head(), r.Heap, r.Fence)
	if !r.Mapped {
		b.WriteString("This system maps no files: databases are read into memory that the garbage collector ends, and no reader can be too late.\n")
	}
	b.WriteString(r.table())
	for _, e := range r.Endings {
		fmt.Fprintln(&b, e)
	}
	fmt.Fprintf(&b, "%s\n", r.Verdict)
	return b.String()
}

func (r *report) table() string {
	what := "lookup"
	if r.HTTP {
		what = "request"
	}
	var blocks []contest.Block
	add := func(rows ...contest.Row) {
		blocks = append(blocks, contest.Block{Rate: r.Reloads, Rows: rows})
	}
	add(contest.Speed(what + "s per second")...)
	add(contest.Lasting(what+", median", contest.TimesOf, "p99.9", "worst")...)
	add(append([]contest.Row{contest.Changes("reloads")}, contest.Lasting("  median", contest.ChangesOf, "worst")...)...)
	add(append(contest.Lasting("replaced to unmapped, median", contest.EndedOf, "worst"),
		contest.Alive("mappings alive, at most"),
		contest.Row{Name: "  their size", Value: func(o *contest.Result) string { return bytesText(o.MostBytes) }})...)
	// Otherwise the program has ended.
	add(contest.Row{Name: "used after unmap", Value: func(*contest.Result) string { return "none" }})
	return r.Table(blocks...)
}

func bytesText(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
