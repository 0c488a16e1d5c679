package main

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

func call(args string) (status int, stdout, stderr string) {
	var out, err strings.Builder
	status = run(context.Background(), strings.Fields(args), &out, &err)
	return status, out.String(), err.String()
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-nruns 0", "-nruns: 0 is not between 1 and 100000"},
		{"-nruns many", "-nruns"},
		{"-freezes -1", "-freezes: -1 is not between"},
		{"-freezes 1x", `"1x"`},
		{"-nruns 100000 -freezes 100000", "-nruns 100000 and -freezes 100000 make more than 1000000 freezes of each kind: lower one"},
		{"-format xml", `-format: "xml" is none of table, csv`},
		{"-nosuch", "-nosuch"},
		{"gate", `unexpected argument "gate"`},
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
	status, stdout, stderr := call("-nruns 1 -freezes 3 -format csv")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	rows := strings.Split(strings.TrimSpace(stdout), "\n")
	if rows[0] != ",gate,gate-percpu" || len(rows) != 1+1+3+3*(len(passes)+1) {
		t.Fatal(stdout)
	}
	for _, row := range rows[1:] {
		if fields := strings.Split(strings.ReplaceAll(row, `"`, ""), ","); len(fields) < 3 || fields[len(fields)-1] == "" || fields[len(fields)-2] == "" {
			t.Errorf("%q lacks a figure", row)
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
