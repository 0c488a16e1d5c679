package main

import (
	"strings"
	"testing"

	"hazptr/internal/command"
)

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-readers 0", "-readers 0"},
		{"-readers -3", "-readers -3"},
		{"-reloads 0", "-reloads 0"},
		{"-reloads -1", "-reloads -1"},
		{"-rounds 0", "-rounds 0"},
		{"-networks 0", "-networks 0"},
		{"-networks 9000000", "-networks 9000000"},
		{"-heap -1", "-heap -1"},
		{"-duration 0s", "-duration 0s"},
		{"-duration -1s", "-duration -1s"},
		{"-duration 6", "duration"},
		{"-duration 2ms", "-duration 2ms"},
		{"-format xml", `-format "xml"`},
		{"-ways hazptr,folly", `-ways: unknown way "folly"; there are hazptr, hazptr-guard, rwmutex, refcount, gc, unsafe and all`},
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
	for _, want := range append(methodNames(), "-reloads", "-duration", "-db", "timed") {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestWaysAreChosenOnce(t *testing.T) {
	o, err := parseOptions([]string{"-ways", "gc, hazptr,gc"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.methods) != 2 || o.methods[0].name != "gc" || o.methods[1].name != "hazptr" {
		t.Errorf("chose %v", o.methods)
	}
}
