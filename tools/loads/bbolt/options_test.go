package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
)

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-grow 1GiB", `-grow "1GiB": want a number of bytes`},
		{"-grow lots", `-grow "lots"`},
		{"-grow 1MB", "-grow 1MB: must be from 2MB to 100GB"},
		{"-grow 1000GB", "-grow 1000GB"},
		{"-grow NaN", `-grow "NaN"`},
		{"-long 1,two", `-long 1,two: "two" is not a number from 0 to 1000`},
		{"-long -1", "-long -1"},
		{"-long 1001", "-long 1001"},
		{"-long 1,", "-long 1,"},
		{"-readers 0", "-readers 0"},
		{"-rounds 0", "-rounds 0"},
		{"-crashes -1", "-crashes -1"},
		{"-duration 299ms", "-duration 299ms: must be at least 100ms for each of the 3 rounds"},
		{"-hold 0s", "-hold 0s"},
		{"-hold 5", "hold"},
		{"-format xml", `-format "xml"`},
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
	for _, want := range []string{"-grow", "-long", "-hold", "-crashes", "-tests", "-race", "-diff", "-short", "-format", "timed", bboltVersion} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := parseOptions(strings.Fields("-short -rounds 2 -long 0,5 -grow 1.5GB"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.duration != 2*time.Second || o.rounds != 2 || o.crashes != 1 || !slices.Equal(o.long, []int{0, 5}) || o.grow != 1_500_000_000 {
		t.Errorf("%+v", o)
	}
}
