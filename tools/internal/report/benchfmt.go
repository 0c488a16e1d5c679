package report

import (
	"bufio"
	"fmt"
	"io"

	"hazptr/tools/internal/result"
)

// benchfmt prints Go's benchmark format, a line for each run, so that benchstat finds the spread itself.
func benchfmt(w io.Writer, s *result.Set) error {
	out := bufio.NewWriter(w)
	m := s.Machine
	fmt.Fprintf(out, "goos: %s\ngoarch: %s\npkg: hazptr/tools/refscale\ncpu: %s\ngo: %s\nfence: %s\n", m.OS, m.Arch, m.CPU, m.Go, s.Fence)
	for i := range s.Results {
		r := &s.Results[i]
		name := fmt.Sprintf("BenchmarkRefscale/type=%s/shape=%s", r.Type, r.Shape)
		if r.Shape == "list" {
			name += fmt.Sprintf("/length=%d", r.Length)
		}
		if r.Delay > 0 {
			name += fmt.Sprintf("/readdelay=%d", r.Delay)
		}
		if r.Updates > 0 {
			name += fmt.Sprintf("/updates=%d", r.Updates)
		}
		for _, run := range r.Runs {
			fmt.Fprintf(out, "%s/nreaders=%d-%d\t%d\t%.4f ns/op\n", name, r.Readers, m.Cores, r.Reads(), run.NS)
		}
	}
	return out.Flush()
}
