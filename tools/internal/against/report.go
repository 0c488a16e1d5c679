package against

import (
	"encoding/json"
	"fmt"
	"io"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table prints a line for each pair. heading says what the figures are.
func (p *Plan) Table(w io.Writer, heading string, pairs []Pair) error {
	t := pretty.NewWriter()
	style := pretty.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	t.SetStyle(style)
	header := pretty.Row{"", "before", "minimum", "now", "minimum", "now / before", "spread"}
	t.AppendHeader(header)
	var columns []pretty.ColumnConfig
	for i := range header[1:] {
		columns = append(columns, pretty.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	digits := func(f float64) string { return fmt.Sprintf("%.4g", f) }
	for i := range pairs {
		pair := &pairs[i]
		ratios := pair.Ratios()
		ratio, spread := "", ""
		if len(ratios) > 0 {
			ratio, spread = fmt.Sprintf("%.3f", ratios.Median()), fmt.Sprintf("%.0f%%", 100*ratios.Spread())
		}
		t.AppendRow(pretty.Row{pair.Name, digits(pair.Before.Median()), digits(pair.Before.Minimum()), digits(pair.Now.Median()), digits(pair.Now.Minimum()), ratio, spread})
	}
	_, err := fmt.Fprintf(w, "%s, %d runs of each build, by turns\nbefore: %s\n\n%s\n\nbefore and now: medians; now / before: median of the runs' ratios; spread: between their quartiles, of that\n",
		heading, p.Runs, p.Before, t.Render())
	return err
}

// JSON prints one object.
func (p *Plan) JSON(w io.Writer, pairs []Pair) error {
	type figure struct {
		Name   string    `json:"name"`
		Before []float64 `json:"before_runs"`
		Now    []float64 `json:"now_runs"`
		Ratio  float64   `json:"now_to_before"`
		Spread float64   `json:"spread"`
	}
	set := struct {
		Before  string   `json:"before"`
		Figures []figure `json:"figures"`
	}{p.Before, []figure{}}
	for i := range pairs {
		ratios := pairs[i].Ratios()
		set.Figures = append(set.Figures, figure{pairs[i].Name, pairs[i].Before, pairs[i].Now, ratios.Median(), ratios.Spread()})
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(set)
}
