package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"hazptr/tools/internal/way"
)

func call(args string) (status int, stdout, stderr string) {
	var out, err strings.Builder
	status = refscale.Run(context.Background(), strings.Fields(args), &out, &err)
	return status, out.String(), err.String()
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-types lokc", `-types: unknown type "lokc"; there are load, hazptr, hazptr-guard, hazptr-do`},
		{"-types load,", `types: unknown type ""`},
		{"-nreaders 0", `-nreaders: "0" is not a number from 1 on`},
		{"-nreaders 1,-8", `-nreaders: "-8" is not`},
		{"-nreaders 1,x", `-nreaders: "x" is not a number`},
		{"-nreaders 99999999999999999999", "-nreaders: "},
		{"-nreaders 100000", "-nreaders: 100000 is not between 1 and 4096"},
		{"-loops 2000000000", "-loops: 2000000000 is not between 0 and 1073741824"},
		{"-loops -1", "-loops: -1 is not"},
		{"-loops many", `-loops: "many" is not a whole number: want 0 to 1073741824`},
		{"-nruns 0", "-nruns: 0 is not"},
		{"-nruns -3", "-nruns: -3 is not"},
		{"-nruns 3.5", "-nruns"},
		{"-readdelay -1", "-readdelay: -1 is not"},
		{"-updates -1", "-updates: -1 is not"},
		{"-shape tree", `--shape must be one of "read","list" but got "tree"`},
		{"-shape list -length 0", "-length: 0 is not"},
		{"-length 3", "-length: only a list"},
		{"-pin some", `--pin must be one of "own","always","never" but got "some"`},
		{"-format xml", `--format must be one of "table","json","benchfmt" but got "xml"`},
		{"-nosuch", "-nosuch"},
		{"load hazptr", `unexpected argument load`},
		{"-svg=", "-svg: the path is empty"},
		{"-svg .", "-svg: . is a folder"},
		{"-svg /no/such/folder/x.svg", "-svg: open /no/such/folder/x.svg"},
	} {
		status, stdout, stderr := call(c.args)
		if status != 2 || stdout != "" || !strings.Contains(stderr, c.want) || !strings.HasPrefix(stderr, "refscale: ") {
			t.Errorf("%s: status %d, stdout %q, stderr %q, want %q", c.args, status, stdout, stderr, c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "-help", "--help"} {
		status, stdout, stderr := call(flag)
		if status != 0 || stderr != "" {
			t.Errorf("%s: status %d, stderr %q", flag, status, stderr)
		}
		for _, want := range append(way.Reads().Names(), "-types", "-nreaders", "-loops", "-nruns", "-readdelay", "-updates", "-shape", "-length", "-pin",
			"-format", "-svg", "Examples:") {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s does not tell of %s", flag, want)
			}
		}
		if strings.Contains(stdout, "%!") {
			t.Errorf("%s has a bad verb", flag)
		}
		for line := range strings.Lines(stdout) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 || strings.HasSuffix(line, " ") {
				t.Errorf("%s: %q is more than %d columns wide, or ends in a space", flag, line, 80)
			}
		}
	}
}

func TestRun(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "r.svg")
	for _, c := range []struct{ args, want string }{
		{"-svg " + svg, "ns per read and core, 2 runs"},
		{"-shape list -length 5 -updates 1000", "ns per object and core in a list of 5, 1000 updates a second"},
		{"-readdelay 50", "50 ns inside each read section"},
		{"-format benchfmt", "BenchmarkRefscale/type=load"},
	} {
		status, stdout, stderr := call("-types load,hazptr -nreaders 1,3 -loops 10 -nruns 2 " + c.args)
		if status != 0 || stderr != "" || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: status %d, stdout %s, stderr %s", c.args, status, stdout, stderr)
		}
	}
	if _, err := os.Stat(svg); err != nil {
		t.Error(err)
	}
	status, stdout, _ := call("-nreaders 2 -loops 10 -nruns 3 -format json")
	var set struct{ Results []struct{ Runs_ns []float64 } }
	if err := json.Unmarshal([]byte(stdout), &set); err != nil || status != 0 || len(set.Results) != len(way.Reads()) {
		t.Fatalf("status %d, %d results, %v", status, len(set.Results), err)
	}
	for _, r := range set.Results {
		if len(r.Runs_ns) != 3 {
			t.Errorf("%d runs", len(r.Runs_ns))
		}
	}
}
