package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"hazptr/internal/filecheck"
	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/report"
	"hazptr/tools/loads/internal/summary"
)

// shown is how many of a load's figures are in the table; all are in its JSON.
const shown = 2

// newTable returns the table of all loads.
func newTable(all []*summary.Summary) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options.SeparateRows = true
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, WidthMax: 30, WidthMaxEnforcer: text.WrapSoft}, {Number: 4, WidthMax: 40, WidthMaxEnforcer: text.WrapSoft}})
	t.AppendHeader(table.Row{"load", "what hurts", "lines", "figure", "before", "after", "times better"})
	for _, s := range all {
		lines := "none patched"
		if s.Added+s.Removed > 0 {
			lines = fmt.Sprintf("+%d −%d", s.Added, s.Removed)
		}
		for i, f := range s.Figures[:min(shown, len(s.Figures))] {
			row := table.Row{"", "", "", f.Name, value(f.Before, f.Unit), value(f.After, f.Unit), fmt.Sprintf("%.2f", f.Gain())}
			if i == 0 {
				row[0], row[1], row[2] = title(s), s.Hurt, lines
			}
			t.AppendRow(row)
		}
	}
	return t
}

// title is the load's name, and what it was told beside.
func title(s *summary.Summary) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.Command, "go run ./tools/loads/"), " -short")
}

func value(v float64, unit string) string {
	switch {
	case unit == "ms":
		return latency.Text(time.Duration(v * 1e6))
	case unit == "ns" && v >= 999.5: // less has a fraction
		return latency.Text(time.Duration(v))
	case unit != "":
		return report.Digits(v, 3) + " " + unit
	case v >= 1e6:
		return fmt.Sprintf("%.2f M", v/1e6)
	}
	return fmt.Sprintf("%.0f", v)
}

// form says whether the short or the long form was run, and the command of the
// long one.
func form(s *summary.Summary) string {
	if long, short := strings.CutSuffix(s.Command, " -short"); short {
		return "the short form of: " + long
	}
	return "the long form: " + s.Command
}

// results are the lines of the verdict, and how busy the machine was.
func results(s *summary.Summary) []string {
	lines := strings.Split(s.Verdict, "\n")
	if busy := s.Meanwhile(); busy != "" {
		lines = append(lines, busy)
	}
	return lines
}

// writeTable prints the table, and the results under it.
func writeTable(w io.Writer, all []*summary.Summary) error {
	text := newTable(all).Render() + "\n"
	for _, s := range all {
		text += fmt.Sprintf("%s\n    %s\n", form(s), strings.Join(results(s), "\n    "))
	}
	_, err := io.WriteString(w, text)
	return err
}

// nameOf returns the name of a load's picture, without its ending.
func nameOf(title string) string { return strings.ReplaceAll(title, " ", "") }

// checkFolder makes the folder, and returns an error if a file that writeFiles
// is to write there must not be opened.
func checkFolder(folder string, chosen []load) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	names := []string{"loads.md", "loads.json"}
	for _, l := range chosen {
		names = append(names, nameOf(l.title())+".svg")
	}
	for _, name := range names {
		if err := filecheck.ForWriting(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles writes loads.md, loads.json and the loads' pictures to a folder.
func writeFiles(folder string, all []*summary.Summary) error {
	var md strings.Builder
	t := newTable(all)
	fmt.Fprintf(&md, "%s\n", t.RenderMarkdown())
	for _, s := range all {
		name := nameOf(title(s))
		fmt.Fprintf(&md, "\n## %s\n\n    %s\n\n- %s\n", name, s.Command, strings.Join(results(s), "\n- "))
		drawn, err := s.Draw(filepath.Join(folder, name+".svg"))
		if err != nil {
			return err
		}
		if drawn {
			fmt.Fprintf(&md, "\n![%s](%s.svg)\n", name, name)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "loads.md"), []byte(md.String()), 0o644); err != nil {
		return err
	}
	list, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "loads.json"), append(list, '\n'), 0o644)
}
