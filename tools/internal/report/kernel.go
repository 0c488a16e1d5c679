package report

import (
	"bufio"
	"fmt"
	"io"

	"hazptr/tools/internal/result"
)

// kernel prints what the kernel's refscale prints, one test after the other, and the summary of its script. Its "Time(ns)" is the mean of the
// readers' times; here it is per read and core, as in the other formats.
func kernel(w io.Writer, s *result.Set) error {
	out := bufio.NewWriter(w)
	for i := range s.Results {
		r := &s.Results[i]
		parameters := fmt.Sprintf("scale_type=%s shape=%s length=%d nreaders=%d loops=%d nruns=%d readdelay=%d updates=%d",
			r.Type, r.Shape, r.Length, r.Readers, r.Loops, len(r.Runs), r.Delay, r.Updates)
		fmt.Fprintf(out, "%s-ref-scale: --- Start of test: %s\n", r.Type, parameters)
		for n, run := range r.Runs {
			fmt.Fprintf(out, "Experiment #%d (Format: <THREAD-NUM>:<Total loop time in ns>)\n", n+1)
			for thread, took := range run.Threads {
				if thread > 0 && thread%5 == 0 {
					fmt.Fprintln(out)
				}
				fmt.Fprintf(out, "%d: %d\t", thread, took.Nanoseconds())
			}
			fmt.Fprint(out, "\n\n")
		}
		fmt.Fprint(out, "END OF TEST. Calculating average duration per loop (nanoseconds)...\nRuns\tTime(ns)\n")
		for n, run := range r.Runs {
			fmt.Fprintf(out, "%d\t%.3f\n", n+1, run.NS)
		}
		fmt.Fprintf(out, "Points: %d\nAverage reader duration: %.3f nanoseconds\nMinimum reader duration: %.3f\nMedian reader duration: %.3f\nMaximum reader duration: %.3f\n",
			len(r.Runs), r.Average(), r.Minimum(), r.Median(), r.Maximum())
		fmt.Fprintf(out, "%s-ref-scale: --- End of test: SUCCESS: %s\n\n", r.Type, parameters)
	}
	return out.Flush()
}
