package main

import (
	"fmt"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"golang.org/x/perf/benchfmt"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/report"
)

// table has a line for each type and number of readers.
func table(s *bench.Set) string {
	withUpdates, withKernel := s.Results[0].Updates > 0, false
	for _, r := range s.Results {
		withKernel = withKernel || r.Kernel != nil
	}
	legend := "spread: between the quartiles, of the median; × load: minimum to minimum, with as many readers\n"
	heading := pretty.Row{"type", "readers", "median", "minimum", "spread", "× load"}
	if withKernel {
		heading = append(heading, "kernel")
		legend += "kernel: Linux on x86, refscale, with as many readers\n"
	}
	if withUpdates {
		heading = append(heading, "updates/s")
		legend += "updates/s: as many as were made; an updater that waits for readers, or for a CPU, makes fewer\n"
	}
	t := report.NewTable(heading)
	for i, r := range s.Results {
		name, again := r.Type, i > 0 && s.Results[i-1].Type == r.Type
		if again {
			name = ""
		} else if i > 0 && i+1 < len(s.Results) && s.Results[i+1].Type == r.Type {
			t.AppendSeparator()
		}
		row := pretty.Row{name, r.Readers, nanoseconds(r.Median), nanoseconds(r.Minimum), fmt.Sprintf("%.0f%%", 100*r.Spread), known("%.2f", r.ToLoad)}
		if withKernel {
			row = append(row, known("%v", r.Kernel))
		}
		if withUpdates {
			row = append(row, fmt.Sprintf("%.0f", r.Replaced))
		}
		t.AppendRow(row)
	}
	return fmt.Sprintf("%s\n%s\n%s, heavy fence: %s, readers %s\n\n%s\n\n%s",
		headline(s), s.Describe(), cores(s), s.Fence, s.Pinned, t.Render(), legend)
}

// headline says what was read.
func headline(s *bench.Set) string {
	r := s.Results[0]
	what := "ns per read and core"
	if r.Shape == "list" {
		what = fmt.Sprintf("ns per object and core in a list of %d", r.Length)
	}
	if r.Delay > 0 {
		what += fmt.Sprintf(", with %d ns inside each read section", r.Delay)
	}
	if r.Updates > 0 {
		what += fmt.Sprintf(", %d updates a second", r.Updates)
	}
	return fmt.Sprintf("%s, %d runs", what, len(r.Runs))
}

func cores(s *bench.Set) string {
	if s.Cores == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", s.Cores)
}

// known formats a figure, if there is one.
func known(format string, figure *float64) string {
	if figure == nil {
		return ""
	}
	return fmt.Sprintf(format, *figure)
}

// nanoseconds prints four digits of a figure that may be 0.3 or 30,000.
func nanoseconds(ns float64) string {
	switch {
	case ns < 10:
		return fmt.Sprintf("%.3f", ns)
	case ns < 100:
		return fmt.Sprintf("%.2f", ns)
	case ns < 1000:
		return fmt.Sprintf("%.1f", ns)
	}
	return fmt.Sprintf("%.0f", ns)
}

// benchmarks returns each run.
func benchmarks(s *bench.Set) (all []*benchfmt.Result) {
	for _, r := range s.Results {
		name := fmt.Sprintf("Refscale/type=%s/shape=%s", r.Type, r.Shape)
		if r.Shape == "list" {
			name += fmt.Sprintf("/length=%d", r.Length)
		}
		if r.Delay > 0 {
			name += fmt.Sprintf("/readdelay=%d", r.Delay)
		}
		if r.Updates > 0 {
			name += fmt.Sprintf("/updates=%d", r.Updates)
		}
		name += fmt.Sprintf("/nreaders=%d", r.Readers)
		for _, ns := range r.Runs {
			all = append(all, report.Benchmark(&s.Machine, "refscale", name, r.Reads(), benchfmt.Value{Value: ns, Unit: "ns/op"}))
		}
	}
	return all
}
