package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// table prints the verdicts, of which so many are wrong.
func (s *supervisor) table(wrong int) error {
	t := pretty.NewWriter()
	style := pretty.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	t.SetStyle(style)
	t.AppendHeader(pretty.Row{"type", "runs", "time", "protections", "ended", "verdict", ""})
	t.SetColumnConfigs([]pretty.ColumnConfig{
		{Number: 2, Align: text.AlignRight}, {Number: 3, Align: text.AlignRight}, {Number: 4, Align: text.AlignRight}, {Number: 5, Align: text.AlignRight},
		{Number: 7, WidthMax: 60, WidthMaxEnforcer: text.WrapSoft},
	})
	for i, out := range s.outcomes {
		if i > 0 && out.Busted != "" && s.outcomes[i-1].Busted == "" {
			t.AppendSeparator()
		}
		t.AppendRow(out.row())
	}
	if _, err := fmt.Fprintf(s.stdout, "\n%s\n", t.Render()); err != nil {
		return err
	}
	word := "SUCCESS"
	if wrong > 0 {
		word = fmt.Sprintf("FAILURE: %d of %d types", wrong, len(s.outcomes))
	}
	_, err := fmt.Fprintf(s.stdout, "\n--- End of test: %s: -type %s -seed %d\n", word, s.Types, s.Seed)
	return err
}

func (out *outcome) row() pretty.Row {
	seconds, protections, ended := 0.0, int64(0), int64(0)
	for _, v := range out.Runs {
		seconds += v.Seconds
		protections += v.Protections
		ended += v.Ended
	}
	word, note := out.verdict()
	return pretty.Row{out.Type, len(out.Runs), fmt.Sprintf("%.0f s", seconds), count(protections), count(ended), word, note}
}

// How the words of a verdict begin where all is as it should be.
const (
	success  = "SUCCESS"
	caughtIn = "caught in "
)

// verdict says what came of the type, and why.
func (out *outcome) verdict() (word, note string) {
	kinds := make(map[string]bool)
	latest, caught := 0.0, 0
	word = success
	for _, v := range out.Runs {
		if len(v.Failures) > 0 {
			first := v.Failures[0]
			caught++
			latest = max(latest, first.After)
			kinds[first.Kind] = true
			note = first.Kind + ": " + first.Text
		}
	}
	switch {
	case out.Logged != "":
		note = "done already, " + out.Logged
	case out.Busted == "" && !out.Right:
		word = "FAILURE"
	case out.Busted != "" && out.Right:
		word = fmt.Sprintf(caughtIn+"%.1f s", latest)
		note = strings.Join(slices.Sorted(maps.Keys(kinds)), " ") + ": " + out.Busted
	case out.Busted != "":
		word = fmt.Sprintf("NOT CAUGHT (%d of %d)", caught, len(out.Runs))
		note = out.Busted
	}
	return word, note
}

// count prints a number with three digits or so.
func count(n int64) string {
	switch {
	case n >= 10_000_000:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 10_000:
		return fmt.Sprintf("%d k", n/1000)
	}
	return fmt.Sprint(n)
}
