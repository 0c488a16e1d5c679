package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
)

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-grow 1GiB", `-grow: "1GiB" is not a number of bytes`},
		{"-grow lots", `-grow: "lots" is not`},
		{"-grow 1MB", "-grow: 1 MB is not between 2 MB and 100 GB"},
		{"-grow 1000GB", "-grow: 1000 GB is not"},
		{"-grow NaN", `-grow: "NaN" is not`},
		{"-grow=", `-grow: "" is not`},
		{"-long 1,two", `-long: "two" is not a whole number: want 0 to 1000`},
		{"-long -1", "-long: -1 is not between 0 and 1000"},
		{"-long 1001", "-long: 1001 is not"},
		{"-long 1,", `-long: "" is not`},
		{"-long=", `-long: "" is not`},
		{"-readers 0", "-readers: 0 is not between 1 and 1000"},
		{"-rounds 0", "-rounds: 0 is not"},
		{"-crashes -1", "-crashes: -1 is not"},
		{"-duration 299ms", "-duration: 299ms is less than 100ms for each of the 3 rounds"},
		{"-hold 0s", "-hold: 0s is not"},
		{"-hold 5", "-hold: 5 has no unit: say 5s"},
		{"-long 0,0 -svg picture.svg", "-svg: without long readers nothing is held up"},
		{"-format xml", `-format must be one of "table","json" but got "xml"`},
		{"-longs 1", "-longs"},
		{"file.db", "file.db"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "bbolt: ") || !strings.Contains(problems, test.complaint) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", test.args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
	for _, want := range []string{"-grow", "-long", "-hold", "-crashes", "-tests", "-race", "-diff", "-short", "-format", "timed", bboltVersion} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := bbolt.Parse(strings.Fields("-short -rounds 2 -long 0,5 --grow 1.5GB"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Duration != 2*time.Second || o.Rounds != 2 || o.Crashes != 1 || !slices.Equal(o.Long, []int{0, 5}) || o.Grow != 1_500_000_000 {
		t.Errorf("%+v", o)
	}
}
