package main

import (
	"encoding/csv"
	"io"
	"strconv"
)

// csvLines prints a header and a line for each figure of each type.
func csvLines(w io.Writer, s *set) error {
	lines := csv.NewWriter(w)
	lines.Write([]string{"type", "figure", "runs", "median", "min", "max", "spread", "at_least", "stall_blocks",
		"nwriters", "nreaders", "workers", "hazards", "objects", "stall", "reclaim_ns", "bytes", "rate", "duration_ns", "go", "cpu", "cores", "fence"})
	float := func(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }
	c := s.config
	for _, r := range s.results {
		for _, f := range figures() {
			found, least := r.of(f)
			if len(found) == 0 {
				continue
			}
			lines.Write([]string{r.typ.Name, f.name, strconv.Itoa(len(found)), float(found.Median()), float(found.Minimum()), float(found.Maximum()),
				float(found.Spread()), strconv.FormatBool(least), r.blocked.String(),
				strconv.Itoa(c.writers), strconv.Itoa(c.readers), strconv.Itoa(c.workers), strconv.Itoa(c.hazards), strconv.Itoa(c.objects),
				strconv.FormatBool(c.stall), strconv.Itoa(int(c.reclaim)), strconv.FormatInt(c.bytes, 10), strconv.Itoa(c.rate),
				strconv.Itoa(int(c.duration)), s.machine.Go, s.machine.CPU, strconv.Itoa(s.machine.Cores), s.fence})
		}
	}
	lines.Flush()
	return lines.Error()
}
