package contest

import (
	"fmt"
	"slices"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A Row is a figure that each way has.
type Row struct {
	Name  string
	Value func(*Result) string
}

// A Block is the rows between two lines of the table, of one kind and rate.
type Block struct {
	Kind string
	Rate int
	Rows []Row
}

// Table returns a table with a column for each way, or nothing if there is
// none.
func (r *Report) Table(blocks ...Block) string {
	var ways []string
	for _, one := range r.Results {
		if !slices.Contains(ways, one.Way) {
			ways = append(ways, one.Way)
		}
	}
	if ways == nil {
		return ""
	}
	t := summary.NewTable(ways...)
	for i, block := range blocks {
		if i > 0 {
			t.Line()
		}
		for _, row := range block.Rows {
			var values []string
			for _, way := range ways {
				values = append(values, row.Value(r.Of(block.Kind, block.Rate, way)))
			}
			t.Row(row.Name, values...)
		}
	}
	return t.String() + "\n"
}

// Speed returns the rows of how much was done in a second.
func Speed(title string) []Row {
	return []Row{
		{title, func(o *Result) string { return Number(o.PerSecond.Median) }},
		{"  slowest round", func(o *Result) string { return Number(o.PerSecond.Min) }},
		{"  fastest round", func(o *Result) string { return Number(o.PerSecond.Max) }},
		{"  to hazptr", func(o *Result) string { return Ratio(o.ToHazptr) }},
	}
}

// Changes returns the row of how many changes there were.
func Changes(title string) Row {
	return Row{title, func(o *Result) string { return fmt.Sprint(o.Changes.Count) }}
}

// Alive returns the row of how many objects were alive at once.
func Alive(title string) Row {
	return Row{title, func(o *Result) string { return fmt.Sprint(o.Most) }}
}

// TimesOf, ChangesOf and EndedOf are for Lasting.
func TimesOf(o *Result) Times   { return o.Times }
func ChangesOf(o *Result) Times { return o.Changes }
func EndedOf(o *Result) Times   { return o.Ended }

// Lasting returns the rows of how long things took: the median, and what else
// is asked for of p99, p99.9 and worst.
func Lasting(title string, times func(*Result) Times, more ...string) []Row {
	rows := []Row{{title, func(o *Result) string { return latency.Text(times(o).Median) }}}
	for _, name := range more {
		rows = append(rows, Row{"  " + name, func(o *Result) string {
			t := times(o)
			switch name {
			case "p99":
				return latency.Text(t.P99)
			case "p99.9":
				return latency.Text(t.P999)
			}
			return latency.Text(t.Worst)
		}})
	}
	return rows
}

// Number writes a large number shortly.
func Number(n float64) string {
	if n < 1e5 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.2f M", n/1e6)
}

// Ratio writes how a way relates to another, or nothing where it does not.
func Ratio(s *rounds.Spread) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%.2f×", s.Median)
}
