package main

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// kernel prints what the kernel's rcuscale and its script print of the updates' latency, one test after the other.
func kernel(w io.Writer, s *set) error {
	out := bufio.NewWriter(w)
	c := s.config
	for _, r := range s.results {
		parameters := fmt.Sprintf("scale_type=%s nwriters=%d nreaders=%d nruns=%d workers=%d hazards=%d objects=%d stall=%t reclaim=%v bytes=%d",
			r.typ.Name, c.writers, c.readers, c.runs, c.workers, c.hazards, c.objects, c.stall, c.reclaim, c.bytes)
		fmt.Fprintf(out, "%s-scale: --- Start of test: %s\n", r.typ.Name, parameters)
		h := r.latency
		if h.Count() == 0 {
			fmt.Fprintf(out, "%s-scale: --- End of test: FAILURE: blocked by a reader that stays: %s\n\n", r.typ.Name, parameters)
			continue
		}
		us := func(t time.Duration) string { return fmt.Sprintf("%.3f", microseconds(t)) }
		fmt.Fprintf(out, "Average grace-period duration: %s microseconds\nMinimum grace-period duration: %s\n50th percentile grace-period duration: %s\n"+
			"90th percentile grace-period duration: %s\n99th percentile grace-period duration: %s\nMaximum grace-period duration: %s\nGrace periods: %d\n",
			us(h.Average()), us(h.Best()), us(h.Quantile(0.5)), us(h.Quantile(0.9)), us(h.Quantile(0.99)), us(h.Worst()), h.Count())
		fmt.Fprintf(out, "%s-scale: --- End of test: SUCCESS: %s\n\n", r.typ.Name, parameters)
	}
	return out.Flush()
}
