package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"hazptr/tools/internal/mutant"
)

// newTable returns the table of what notices mutants, a column a kind.
func newTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{SeparateHeader: true}
	t.Style().Format.Header = 0
	header := table.Row{"mutant"}
	for _, kind := range kinds {
		header = append(header, kind)
	}
	t.AppendHeader(append(header, ""))
	return t
}

// row returns the row of a mutant.
func row(m mutant.Mutant, found map[string]string) table.Row {
	r := table.Row{m.Name}
	for _, kind := range kinds {
		r = append(r, shortened(found[kind]))
	}
	switch {
	case len(found) == 0:
		r = append(r, "SURVIVES")
	case len(found) == 1 && found[byScenario] != "":
		r = append(r, "only explored")
	}
	return r
}

// shortened leaves out what the columns of the table need not repeat.
func shortened(found string) string {
	for _, prefix := range []string{"hazptr/", "reftorture -type ", "model: ", "scenario: "} {
		found = strings.TrimPrefix(found, prefix)
	}
	return found
}
