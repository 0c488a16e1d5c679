package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"hazptr/tools/internal/result"
)

// csvLines prints a header and a line for each type and number of readers.
func csvLines(w io.Writer, s *result.Set) error {
	lines := csv.NewWriter(w)
	lines.Write([]string{"type", "shape", "length", "nreaders", "loops", "readdelay_ns", "updates", "updates_made", "runs",
		"median_ns", "min_ns", "max_ns", "spread", "ratio_to_load", "kernel_ns", "go", "cpu", "cores", "fence"})
	float := func(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }
	for i := range s.Results {
		r := &s.Results[i]
		ratio, known := "", ""
		if f, ok := s.RatioToLoad(r); ok {
			ratio = float(f)
		}
		if r.Kernel > 0 {
			known = float(r.Kernel)
		}
		lines.Write([]string{r.Type, r.Shape, strconv.Itoa(r.Length), strconv.Itoa(r.Readers), strconv.Itoa(r.Loops), strconv.Itoa(r.Delay),
			strconv.Itoa(r.Updates), float(r.Replaced()), strconv.Itoa(len(r.Runs)),
			float(r.Median()), float(r.Minimum()), float(r.Maximum()), float(r.Spread()), ratio, known,
			s.Machine.Go, s.Machine.CPU, strconv.Itoa(s.Machine.Cores), s.Fence})
	}
	lines.Flush()
	return lines.Error()
}
