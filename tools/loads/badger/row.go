package main

import (
	"fmt"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/badger/internal/figures"
)

// A row is a figure as it is taken and shown.
type row struct {
	// In ms, MB, files, or none of what is the better the more it is.
	name, unit string
	value      func(runs) float64
	text       func(runs) string
}

var rows = []row{
	counted("files at the end", "files", 1, vlogFiles),
	counted("disk at the end", "MB", 1e6, func(f *figures.Figures) int64 { return f.Bytes }),
	counted("disk at most", "MB", 1e6, mostDisk),
	counted("files once all is closed", "files", 1, func(f *figures.Figures) int64 { return int64(f.Left) }),
	counted("rounds written", "", 1, func(f *figures.Figures) int64 { return f.Rounds.Count() }),
	counted("files rewritten", "", 1, func(f *figures.Figures) int64 { return f.Rewrites.Count() }),
	counted("refused: the file was rewritten already", "times", 1, func(f *figures.Figures) int64 { return f.Refused }),
	counted("Gets", "", 1, func(f *figures.Figures) int64 { return f.Gets.Count() }),
	counted("Gets whose file went meanwhile", "times", 1, func(f *figures.Figures) int64 { return f.Empty }),
	worst("Get, worst", gets),
	quantile("Get, p99.9", gets, 0.999),
	quantile("Get, median", gets, 0.5),
	counted("values iterators read", "", 1, func(f *figures.Figures) int64 { return f.Steps.Count() }),
	worst("iterator's step, worst", steps),
	quantile("iterator's step, p99.9", steps, 0.999),
	quantile("iterator's step, median", steps, 0.5),
	worst("iterator's Close, worst", closes),
	quantile("iterator's Close, median", closes, 0.5),
	worst("RunValueLogGC, worst", rewrites),
	quantile("RunValueLogGC, median", rewrites, 0.5),
}

func vlogFiles(f *figures.Figures) int64 { return int64(f.Files) }

func mostDisk(f *figures.Figures) (most int64) {
	for _, d := range f.Disk {
		most = max(most, d.Bytes)
	}
	return most
}

func gets(f *figures.Figures) *latency.Histogram     { return f.Gets }
func steps(f *figures.Figures) *latency.Histogram    { return f.Steps }
func closes(f *figures.Figures) *latency.Histogram   { return f.Closes }
func rewrites(f *figures.Figures) *latency.Histogram { return f.Rewrites }

// counted is a row of what each run has, in its median.
func counted(name, unit string, scale float64, of func(*figures.Figures) int64) row {
	return row{
		name, unit,
		func(all runs) float64 { return all.spread(of).Median / scale },
		func(all runs) string {
			s := all.spread(of)
			text := fmt.Sprintf("%.0f", s.Median/scale)
			if s.Min != s.Max {
				text += fmt.Sprintf(" (%.0f–%.0f)", s.Min/scale, s.Max/scale)
			}
			if unit == "MB" {
				text += " MB"
			}
			return text
		},
	}
}

// worst is a row of the longest time in all runs.
func worst(name string, of func(*figures.Figures) *latency.Histogram) row {
	return timed(name, of, (*latency.Histogram).Worst)
}

// quantile is a row of a quantile of the times in all runs.
func quantile(name string, of func(*figures.Figures) *latency.Histogram, q float64) row {
	return timed(name, of, func(h *latency.Histogram) time.Duration { return h.Quantile(q) })
}

func timed(name string, of func(*figures.Figures) *latency.Histogram, take func(*latency.Histogram) time.Duration) row {
	return row{
		name, "ms",
		func(all runs) float64 { return float64(take(all.times(of))) / 1e6 },
		func(all runs) string {
			times := all.times(of)
			if times.Count() == 0 {
				return "–"
			}
			return latency.Text(take(times))
		},
	}
}
