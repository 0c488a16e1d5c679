package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
)

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-readers 0", "-readers: 0 is not between 1 and 10000"},
		{"-readers -3", "-readers: -3 is not"},
		{"-reloads 0", "-reloads: 0 is not between 1 and 100000"},
		{"-reloads -1", "-reloads: -1 is not"},
		{"-rounds 0", "-rounds: 0 is not between 1 and 1000"},
		{"-networks 0", "-networks: 0 is not"},
		{"-networks 9000000", "-networks: 9000000 is not between 1 and 5000000"},
		{"-heap -1", "-heap: -1 is not between 0 and 1048576"},
		{"-duration 0s", "-duration: 0s is less than 1ms for each of the 4 rounds"},
		{"-duration -1s", "-duration: -1s is less"},
		{"-duration 6", "-duration: 6 has no unit: say 6s"},
		{"-duration 2ms", "-duration: 2ms is less than 1ms for each of the 4 rounds: raise it"},
		{"-format xml", `--format must be one of "table","json" but got "xml"`},
		{"-ways hazptr,folly", `-ways: unknown way "folly"; there are hazptr, hazptr-guard, rwmutex, refcount, gc, unsafe`},
		{"-ways ,", "unknown way"},
		{"-way hazptr", "-way"},
		{"file.mmdb", "file.mmdb"},
		{"-db=", "-db: the path is empty"},
		{"-db .", "-db: . is a folder"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "mmdb: ") || !strings.Contains(problems, test.complaint) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", test.args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for _, want := range append(names(), "Examples:", "-reloads=100", "-duration=6s", "-db=FILE", "timed") {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
}

func TestWaysAreChosenOnce(t *testing.T) {
	o, err := mmdb.Parse([]string{"-ways", "gc, hazptr,gc"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Ways) != 2 || o.Ways[0].Name != "hazptr" || o.Ways[1].Name != "gc" {
		t.Errorf("chose %v", o.Ways)
	}
}

// What -http and -short stand for is what the command line leaves out.
func TestDurations(t *testing.T) {
	for args, want := range map[string]struct {
		duration time.Duration
		rounds   int
	}{
		"":                           {6 * time.Second, 4},
		"-http":                      {10 * time.Second, 4},
		"-short":                     {time.Second, 2},
		"-short -http":               {time.Second, 2},
		"-http -duration 3s":         {3 * time.Second, 4},
		"-short -duration 3s":        {3 * time.Second, 2},
		"--short --rounds=5 --http":  {time.Second, 5},
		"-duration=2s -http -short":  {2 * time.Second, 2},
		"-short=false -duration=70s": {70 * time.Second, 4},
	} {
		o, err := mmdb.Parse(strings.Fields(args), nil)
		if err != nil || o.Duration != want.duration || o.Rounds != want.rounds {
			t.Errorf("%s: %v in %d rounds, %v", args, o.Duration, o.Rounds, err)
		}
	}
}
