package main

import (
	"fmt"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
)

// A row is a figure as it is taken and shown.
type row struct {
	name, unit string // ms, MB, or none of what is counted
	of         func(*figures.Figures) int64
	line       bool // a line before it
}

// value is in the row's unit.
func (r row) value(f *figures.Figures) float64 {
	if r.unit == "" {
		return float64(r.of(f))
	}
	return float64(r.of(f)) / 1e6
}

func (r row) text(f *figures.Figures) string {
	switch r.unit {
	case "ms":
		return latency.Text(time.Duration(r.of(f)))
	case "MB":
		return fmt.Sprintf("%.1f MB", r.value(f))
	}
	return fmt.Sprint(r.of(f))
}

var rows = []row{
	{"View, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Worst()) }, false},
	{"View, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.999)) }, false},
	{"View, median", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.5)) }, false},
	{"Views done", "", func(f *figures.Figures) int64 { return f.Views.Count() }, false},
	{"long transactions done", "", func(f *figures.Figures) int64 { return f.Stays }, false},
	{"update, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Worst()) }, true},
	{"update, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.999)) }, false},
	{"update, median", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.5)) }, false},
	{"written", "MB", func(f *figures.Figures) int64 { return f.Written }, false},
	{"files grown", "", func(f *figures.Figures) int64 { return f.Grown }, false},
	{"remaps", "", func(f *figures.Figures) int64 { return f.Remaps }, false},
	{"mapped, at most", "MB", func(f *figures.Figures) int64 { return f.Mapped }, true},
}
