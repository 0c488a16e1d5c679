package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func call(args string) (status int, stdout, stderr string) {
	var out, err strings.Builder
	status = gatescale.Run(context.Background(), strings.Fields(args), &out, &err)
	return status, out.String(), err.String()
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-nruns 0", "-nruns: 0 is not between 1 and 100000"},
		{"-nruns many", "-nruns"},
		{"-freezes -1", "-freezes: -1 is not between"},
		{"-freezes 1x", `"1x"`},
		{"-nruns 100000 -freezes 100000", "-nruns 100000 and -freezes 100000 make more than 1000000 freezes of each kind: lower one"},
		{"-format xml", `--format must be one of "table","json" but got "xml"`},
		{"-nosuch", "-nosuch"},
		{"gate", `unexpected argument gate`},
	} {
		status, stdout, stderr := call(c.args)
		if status != 2 || stdout != "" || !strings.Contains(stderr, c.want) || !strings.HasPrefix(stderr, "gatescale: ") {
			t.Errorf("%s: status %d, stdout %q, stderr %q, want %q", c.args, status, stdout, stderr, c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	status, stdout, stderr := call("-h")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "-nruns") || !strings.Contains(stdout, "-freezes") || !strings.Contains(stdout, "-format") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 || strings.HasSuffix(line, " ") {
			t.Errorf("%q is more than 80 columns wide, or ends in a space", line)
		}
	}
}

func TestTable(t *testing.T) {
	for _, format := range []string{"json", "table"} {
		if testing.Short() && format == "json" {
			continue
		}
		status, stdout, stderr := call("-nruns 1 -freezes 3 -format " + format)
		if status != 0 || stderr != "" {
			t.Fatalf("status %d, stderr %q", status, stderr)
		}
		var rows []row
		if format == "table" {
			if !strings.Contains(stdout, "lines of code") || !strings.Contains(stdout, "gate-percpu") {
				t.Error(stdout)
			}
		} else if err := json.Unmarshal([]byte(stdout), &rows); err != nil || len(rows) != 1+3+3*(len(passes)+1) {
			t.Fatalf("%v, %d rows in %s", err, len(rows), stdout)
		}
		for _, row := range rows {
			if row.Figure == "" || row.Gates["gate"] == "" || row.Gates["gate-percpu"] == "" {
				t.Errorf("%+v lacks a figure", row)
			}
		}
	}
}

func TestLinesOf(t *testing.T) {
	const source = `// Package p is documented.
package p

/* and
so on */
var text = ` + "`two\nlines`" + ` // with a comment

func f() {
	// nothing
}
`
	if n := linesOf([]byte(source)); n != 5 {
		t.Errorf("%d lines, want 5", n)
	}
}
