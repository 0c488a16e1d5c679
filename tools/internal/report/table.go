package report

import (
	"fmt"
	"io"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"hazptr/tools/internal/result"
)

// table prints a line for each type and number of readers.
func table(w io.Writer, s *result.Set) error {
	if len(s.Results) == 0 {
		return nil
	}
	first := &s.Results[0]
	withUpdates, withKernel := first.Updates > 0, false
	for i := range s.Results {
		withKernel = withKernel || s.Results[i].Kernel > 0
	}

	t := pretty.NewWriter()
	style := pretty.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	t.SetStyle(style)

	header := pretty.Row{"type", "readers", "median", "minimum", "spread", "× load"}
	if withKernel {
		header = append(header, "kernel")
	}
	if withUpdates {
		header = append(header, "updates/s")
	}
	t.AppendHeader(header)
	var columns []pretty.ColumnConfig
	for i := range header[1:] {
		columns = append(columns, pretty.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)

	for i := range s.Results {
		r := &s.Results[i]
		name, again := r.Type, i > 0 && s.Results[i-1].Type == r.Type
		if again {
			name = ""
		} else if i > 0 && i+1 < len(s.Results) && s.Results[i+1].Type == r.Type {
			t.AppendSeparator()
		}
		row := pretty.Row{name, r.Readers, nanoseconds(r.Median()), nanoseconds(r.Minimum()), fmt.Sprintf("%.0f%%", 100*r.Spread()), ratio(s, r)}
		if withKernel {
			row = append(row, kernelFigure(r))
		}
		if withUpdates {
			row = append(row, fmt.Sprintf("%.0f", r.Replaced()))
		}
		t.AppendRow(row)
	}

	m := s.Machine
	_, err := fmt.Fprintf(w, "%s\n%s, %s/%s, %s\n%s, heavy fence: %s, readers %s\n\n%s\n\n%s", headline(first, len(first.Runs)),
		m.Go, m.OS, m.Arch, m.CPU, cores(m.Cores), s.Fence, s.Pinned, t.Render(), legend(withKernel, withUpdates))
	return err
}

// headline says what was read.
func headline(r *result.Result, runs int) string {
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
	return fmt.Sprintf("%s, %d runs", what, runs)
}

func cores(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}

func legend(withKernel, withUpdates bool) string {
	text := "spread: between the quartiles, of the median; × load: minimum to minimum, with as many readers\n"
	if withKernel {
		text += "kernel: Linux on x86, refscale, with as many readers\n"
	}
	if withUpdates {
		text += "updates/s: as many as were made; an updater that waits for readers, or for a CPU, makes fewer\n"
	}
	return text
}

func ratio(s *result.Set, r *result.Result) string {
	ratio, ok := s.RatioToLoad(r)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.2f", ratio)
}

func kernelFigure(r *result.Result) string {
	if r.Kernel == 0 {
		return ""
	}
	return fmt.Sprint(r.Kernel)
}
