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
		{"-versions 0", "-versions: 0 is not between 1 and 3"},
		{"-versions 1,4", "-versions: 4 is not"},
		{"-versions=", `-versions: "" is not`},
		{"-contents 10", "-contents: 10 is not"},
		{"-listing 0s", "-listing: 0s is not"},
		{"-listing 5", "-listing: 5 has no unit: say 5s"},
		{"-listing 6s", "-patience: 10s is less than two listings of 6s"},
		{"-patience 3s", "-patience: 3s is less than two listings of 2s"},
		{"-rounds 0", "-rounds: 0 is not"},
		{"-crashes -1", "-crashes: -1 is not"},
		{"-format xml", `-format must be one of "table","json" but got "xml"`},
		{"repository", "repository"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "kopia: ") || !strings.Contains(problems, test.complaint) {
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
	for _, want := range []string{"-versions", "-listing", "-patience", "-crashes", "-tests", "-busted", "-short", "downloads", "SIGSEGV", kopiaVersion} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := kopia.Parse(strings.Fields("-short -rounds 3 -tests"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Rounds != 3 || !slices.Equal(o.Versions, []int{3}) || o.Listing != time.Second || o.Duration != 2*time.Second || o.Patience != 5*time.Second || o.Crashes != 1 {
		t.Errorf("%+v", o)
	}
	// Building, a repository, two scenarios, a crash and its repository, tests.
	if n := o.stages(4); n != 4+1+2*4*3+2+4 {
		t.Errorf("%d stages", n)
	}
	o.Busted = true
	if n := o.stages(1); n != 1+1+3 {
		t.Errorf("%d stages", n)
	}
}
