package main

import (
	"bufio"
	"fmt"
	"io"
)

// benchfmt prints Go's benchmark format, a line for each run, so that benchstat finds the spread itself. A figure of which only a lower bound is known is
// left out, since the format has no way to say so.
func benchfmt(w io.Writer, s *set) error {
	out := bufio.NewWriter(w)
	m, c := s.machine, s.config
	fmt.Fprintf(out, "goos: %s\ngoarch: %s\npkg: hazptr/tools/updatescale\ncpu: %s\ngo: %s\nfence: %s\n", m.OS, m.Arch, m.CPU, m.Go, s.fence)
	parameters := fmt.Sprintf("nwriters=%d/nreaders=%d/workers=%d/hazards=%d/objects=%d/stall=%t/reclaim=%v/bytes=%d/rate=%d",
		c.Writers, c.Readers, c.Workers, c.Hazards, c.Objects, c.Stall, c.Reclaim, c.Bytes, c.Rate)
	for _, r := range s.results {
		for _, run := range r.runs {
			fmt.Fprintf(out, "BenchmarkUpdatescale/type=%s/%s-%d\t1", r.typ.Name, parameters, m.Cores)
			for _, f := range figures() {
				if reading, ok := run[f]; ok && !reading.least {
					fmt.Fprintf(out, "\t%.6g %s", reading.value, f.name)
				}
			}
			fmt.Fprintln(out)
		}
	}
	return out.Flush()
}
