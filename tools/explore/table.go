package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// newTable returns a table whose columns from the second on are numbers, but
// for those whose names are given.
func newTable(texts []string, columns ...string) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{SeparateHeader: true}
	var row table.Row
	var configs []table.ColumnConfig
	for _, c := range columns {
		row = append(row, c)
		align := text.AlignRight
		for _, name := range texts {
			if name == c {
				align = text.AlignLeft
			}
		}
		configs = append(configs, table.ColumnConfig{Name: c, Align: align, AlignHeader: align})
	}
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(row)
	t.SetColumnConfigs(configs)
	return t
}

// explored returns a table of the scenarios.
func explored(runs []run) string {
	t := newTable([]string{"scenario", ""}, "scenario", "executions", "redundant", "steps", "longest", "time", "")
	for _, r := range runs {
		for _, s := range r.scenarios {
			note := ""
			switch {
			case s.Failure != nil:
				note = "WRONG after " + fmt.Sprint(s.Failure.After)
			case !s.Complete:
				note = "bounded"
			}
			t.AppendRow(table.Row{plain(r.pkg, s.Scenario), s.Executions, s.Redundant, s.Steps, s.Longest, rounded(s.Took), note})
		}
	}
	return t.Render()
}

// plain makes a test's name readable.
func plain(pkg, name string) string {
	name = strings.ReplaceAll(strings.TrimPrefix(name, "TestExplore"), "_", " ")
	if pkg != "." {
		name = pkg[strings.LastIndexByte(pkg, '/')+1:] + " " + name
	}
	return strings.Replace(name, "/", ": ", 1)
}

// rounded returns a time to three digits or so.
func rounded(d time.Duration) time.Duration {
	for unit := time.Microsecond; ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
}
