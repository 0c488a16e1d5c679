package main

import (
	"fmt"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
)

// A row is a figure as it is taken and shown.
type row struct {
	name, unit string
	value      func(*figures.Figures) float64
	text       func(*figures.Figures) string
	line       bool // a line before it
}

func timeRow(name string, value func(*figures.Figures) time.Duration) row {
	return row{name: name, unit: "ms",
		value: func(f *figures.Figures) float64 { return float64(value(f)) / 1e6 },
		text:  func(f *figures.Figures) string { return latency.Text(value(f)) },
	}
}

func countRow(name string, value func(*figures.Figures) int64) row {
	return row{name: name,
		value: func(f *figures.Figures) float64 { return float64(value(f)) },
		text:  func(f *figures.Figures) string { return fmt.Sprint(value(f)) },
	}
}

func bytesRow(name string, value func(*figures.Figures) int64) row {
	return row{name: name, unit: "MB",
		value: func(f *figures.Figures) float64 { return float64(value(f)) / 1e6 },
		text:  func(f *figures.Figures) string { return fmt.Sprintf("%.1f MB", float64(value(f))/1e6) },
	}
}

func (r row) lined() row {
	r.line = true
	return r
}

var rows = []row{
	timeRow("View, worst", func(f *figures.Figures) time.Duration { return f.Views.Worst() }),
	timeRow("View, p99.9", func(f *figures.Figures) time.Duration { return f.Views.Quantile(0.999) }),
	timeRow("View, median", func(f *figures.Figures) time.Duration { return f.Views.Quantile(0.5) }),
	countRow("Views done", func(f *figures.Figures) int64 { return f.Views.Count() }),
	countRow("long transactions done", func(f *figures.Figures) int64 { return f.Stays }),
	timeRow("update, worst", func(f *figures.Figures) time.Duration { return f.Updates.Worst() }).lined(),
	timeRow("update, p99.9", func(f *figures.Figures) time.Duration { return f.Updates.Quantile(0.999) }),
	timeRow("update, median", func(f *figures.Figures) time.Duration { return f.Updates.Quantile(0.5) }),
	bytesRow("written", func(f *figures.Figures) int64 { return f.Written }),
	countRow("files grown", func(f *figures.Figures) int64 { return f.Grown }),
	countRow("remaps", func(f *figures.Figures) int64 { return f.Remaps }),
	bytesRow("mapped, at most", func(f *figures.Figures) int64 { return f.Mapped }).lined(),
}
