package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aclements/go-moremath/vec"
	pretty "github.com/jedib0t/go-pretty/v6/table"

	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/way"
)

// table has a line for each type.
func table(s *set) string {
	first := pretty.Row{"", "update", "", "", "", "", "ended after", "", "", "pending", "", "", "readers"}
	second := pretty.Row{"type", "CPU", "min", "p50", "p99", "allocs", "quiet p50", fmt.Sprintf("%d/s p99", s.Rate), "busy p99", "most", "bytes", "left", "p99.9"}
	// Where more than one core may have work.
	withEnded := s.Reclaim > 0 || s.Writers > 1
	if withEnded {
		first, second = append(first, ""), append(second, "ended/s")
	}
	t := report.NewTable(first, second)
	for i, r := range s.Results {
		if r.typ.When == way.Never && i > 0 && s.Results[i-1].typ.When != way.Never {
			t.AppendSeparator()
		}
		least := "-"
		if found, _ := r.of(updateCPU); len(found) > 0 {
			least = nanoseconds(found.Minimum())
		}
		most, bytes, left := r.text(pendingMost, count), r.text(pendingBytes, report.Bytes), r.text(pendingLeft, count)
		if r.blocked == everyWriter {
			most, bytes, left = "blocks", "", ""
		}
		row := pretty.Row{r.typ.Name, r.text(updateCPU, nanoseconds), least, r.text(latencyP50, duration), r.text(latencyP99, duration),
			r.text(updateAllocs, hundredths), r.text(quiet.p50(), duration), r.text(paced.p99(), duration), r.text(busy.p99(), duration),
			most, bytes, left, r.text(requestToSwap, times)}
		if withEnded {
			row = append(row, r.text(endedPerSec, count))
		}
		t.AppendRow(row)
	}
	return fmt.Sprintf("%s\n%s, cores: %d, heavy fence: %s\n\n%s\n\n%s%s", headline(s.options), s.Describe(), s.Cores, s.Fence, t.Render(), legend(s, withEnded), waitingTable(s))
}

// waitingTable has a line for each type that was measured waiting.
func waitingTable(s *set) string {
	heading := pretty.Row{"type"}
	for _, v := range vigils {
		heading = append(heading, v.heading)
	}
	t := report.NewTable(heading)
	for _, r := range s.Results {
		row, waits := pretty.Row{r.typ.Name}, false
		for _, v := range vigils {
			least := "-"
			if found, _ := r.of(v.figure); len(found) > 0 {
				least, waits = hundredths(found.Minimum()), true
			}
			row = append(row, least)
		}
		if waits {
			t.AppendRow(row)
		}
	}
	if t.Length() == 0 {
		return ""
	}
	return fmt.Sprintf(`
What waiting costs, %% of a core; %s

%s

objects, updates that wait themselves, or one Barrier, behind readers that stay; with swap nothing waits
`, ofRuns("minima", s.Runs), t.Render())
}

// ofRuns says that figures are the medians, or the minima, of so many runs.
func ofRuns(what string, runs int) string {
	if runs == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%s of %d runs", what, runs)
}

func headline(c *options) string {
	text := fmt.Sprintf("Updates by %d, read by %d all the time; %s", c.Writers, c.Readers, ofRuns("medians", c.Runs))
	for _, extra := range []struct {
		given bool
		text  string
	}{
		{c.Workers > 0, fmt.Sprintf("workers: %d", c.Workers)},
		{c.Hazards > 0, fmt.Sprintf("other hazards: %d", c.Hazards)},
		{c.Stall, "a reader stays"},
		{c.Reclaim > 0, fmt.Sprintf("each end takes %v", c.Reclaim)},
	} {
		if extra.given {
			text += "; " + extra.text
		}
	}
	return text
}

func legend(s *set, withEnded bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `update: CPU time of the process without its readers, until all has ended; p50, p99: what the updater waits
ended after: from the last reader's leave, of all runs' objects; quiet: one at a time, else %d a second, busy: with every core busy
pending: while one reader stays and up to %d objects are replaced; left: once all others have ended
readers: p99.9 of a request meanwhile, to that of swap
`, s.Rate, s.Objects)
	if withEnded {
		b.WriteString("ended/s: in cost, until all has ended\n")
	}
	for _, r := range s.Results {
		if r.blocked != noWriter {
			fmt.Fprintf(&b, "%s: a reader that stays blocks %s\n", r.typ.Name, r.blocked)
		}
		var few []string
		for _, p := range []pace{quiet, paced, busy} {
			replaced, _ := r.of(p.replaced())
			ended, _ := r.of(p.ended())
			length, _ := r.of(p.length())
			if n, of := vec.Sum(ended), vec.Sum(replaced); n < of {
				few = append(few, fmt.Sprintf("%.0f of %.0f ended in phases of %s s (%s)", n, of, report.Digits(length.Median()/1e6, 2), p))
			}
		}
		if few != nil {
			fmt.Fprintf(&b, "%s: %s\n", r.typ.Name, strings.Join(few, ", "))
		}
	}
	return b.String()
}

// text returns what is shown of a figure, or "-" where there is none.
func (r *result) text(figure string, print func(float64) string) string {
	value, least, ok := r.shown(figure)
	switch {
	case !ok:
		return "-"
	case least:
		return "> " + print(value)
	}
	return print(value)
}

func nanoseconds(ns float64) string { return duration(ns / 1000) }
func duration(us float64) string    { return latency.Text(time.Duration(us * 1000)) }
func hundredths(n float64) string   { return strconv.FormatFloat(n, 'f', 2, 64) }
func count(n float64) string        { return strconv.FormatFloat(n, 'f', 0, 64) }

// times prints how many times as much.
func times(ratio float64) string {
	if ratio < 9.95 {
		return fmt.Sprintf("%.1f×", ratio)
	}
	return fmt.Sprintf("%.0f×", ratio)
}
