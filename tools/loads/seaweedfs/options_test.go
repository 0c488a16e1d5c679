package main

import (
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
)

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-volume 9", "-volume: 9 is not between 10 and 100000"},
		{"-volume 1GB", `-volume: "1GB" is not a whole number`},
		{"-changes -1", "-changes: -1 is not"},
		{"-readers 0", "-readers: 0 is not between 1 and 1000"},
		{"-pause 2s", "-pause: 2s is not"},
		{"-client 1ms", "-client: 1ms is not"},
		{"-client 1", "-client: 1 has no unit: say 1s"},
		{"-crashes -1", "-crashes: -1 is not"},
		{"-rounds 0", "-rounds: 0 is not"},
		{"-format xml", `-format must be one of "table","json" but got "xml"`},
		{"-volumes 1", "-volumes"},
		{"1.dat", "1.dat"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "seaweedfs: ") || !strings.Contains(problems, test.complaint) {
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
	for _, want := range []string{"-volume", "-changes", "-client", "-crashes", "-tests", "-race", "-busted", "-diff", "-short", "-format", "134 MB", "hasSlowRead"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, arm := range plan.Arms {
		if !strings.Contains(out, "\n  "+arm.Name+" ") {
			t.Errorf("nothing of %q in\n%s", arm.Name, out)
		}
	}
}

func TestOptions(t *testing.T) {
	o, err := seaweedfs.Parse(strings.Fields("-short -rounds 2 --client 2s"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Volume != smallVolume || o.Changes != 10_000 || o.Rounds != 2 || o.Crashes != 2 || o.Client != 2*time.Second {
		t.Errorf("%+v", o)
	}
	if o, err = seaweedfs.Parse(nil, io.Discard); err != nil || o.Crashes != len(points) {
		t.Errorf("%v, %+v", err, o)
	}
}
