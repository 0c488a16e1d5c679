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
		{"-iterators 1,two", `-iterators: "two" is not a whole number: want 0 to 1000`},
		{"-iterators -1", "-iterators: -1 is not between 0 and 1000"},
		{"-iterators=", `-iterators: "" is not`},
		{"-hold 0s", "-hold: 0s is not"},
		{"-hold 5", "-hold: 5 has no unit: say 5s"},
		{"-duration 99ms", "-duration: 99ms is not between 100ms and 1000h"},
		{"-rounds 0", "-rounds: 0 is not"},
		{"-crashes -1", "-crashes: -1 is not"},
		{"-format xml", `-format must be one of "table","json" but got "xml"`},
		{"folder", "folder"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "badger: ") || !strings.Contains(problems, test.complaint) {
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
	for _, want := range []string{"-iterators", "-hold", "-crashes", "-tests", "-whole", "-race", "-busted", "-diff", "-short", "-format", "downloads", badgerVersion} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := load.Parse(strings.Fields("-short -rounds 2 -iterators 0,5 -race"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Duration != 4*time.Second || o.Rounds != 2 || o.Crashes != 1 || !slices.Equal(o.Iterators, []int{0, 5}) || o.stages(3) != 3+3*2*2+3+1 {
		t.Errorf("%+v, %d stages", o, o.stages(3))
	}
	for args, want := range map[string]string{
		"":                     "",
		"-whole":               "",
		"-tests":               "-run",
		"-tests -whole":        "-p 1 ./...",
		"-race -whole -tests ": "-p 1 ./... -race -p 1 ./...",
	} {
		o, err := load.Parse(strings.Fields(args), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Concat(o.suites()...), " "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %s", args, got)
		}
	}
}
