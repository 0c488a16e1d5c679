package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/table"

	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/report"
)

// table has a part for each group, with a column for each number of Ps.
func table(s *set) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, cores: %d, heavy fence: %s; times are minima, the rest medians\n", s.Describe(), s.Cores, s.Fence)
	for _, group := range groups {
		names := s.names(group)
		if len(names) == 0 {
			continue
		}
		heading := pretty.Row{group + "; GOMAXPROCS"}
		for _, p := range s.Points {
			heading = append(heading, p.Procs)
		}
		t := report.NewTable(heading)
		for _, name := range names {
			row := pretty.Row{name}
			for _, p := range s.Points {
				text := "-"
				if f, ok := p.of(group, name); ok {
					text = f.text()
				}
				row = append(row, text)
			}
			t.AppendRow(row)
		}
		fmt.Fprintf(&b, "\n%s\n", t.Render())
	}
	for _, skipped := range s.Skipped {
		fmt.Fprintf(&b, "there was no time for %s\n", skipped)
	}
	return b.String()
}

// text writes the figure's value.
func (f figure) text() string {
	switch value := f.value(); {
	case f.Unit == "B":
		return report.Bytes(value)
	case f.Unit == "ns" && value < 100:
		return strconv.FormatFloat(value, 'g', 3, 64) + " ns"
	case f.Unit == "ns":
		return latency.Text(time.Duration(value))
	default:
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
}
