package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"hazptr/internal/long"
	"hazptr/tools/internal/way"
)

func call(args string) (status int, stdout, stderr string) {
	var out, err strings.Builder
	status = updatescale.Run(context.Background(), strings.Fields(args), &out, &err)
	return status, out.String(), err.String()
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-types hazptr", `-types: unknown type "hazptr"; there are hazptr-retire, hazptr-inline, hazptr-again, hazptr-synchronize`},
		{"-types swap,", `-types: unknown type ""`},
		{"-nwriters 0", "-nwriters: 0 is not between 1 and 256"},
		{"-nwriters x", "-nwriters"},
		{"-nreaders -1", "-nreaders: -1 is not between 0 and 4096"},
		{"-nreaders 99999999999999999999", "-nreaders"},
		{"-workers -2", "-workers: -2 is not"},
		{"-hazards -1", "-hazards: -1 is not between 0 and 1000000"},
		{"-objects 0", "-objects: 0 is not between 1 and 10000000"},
		{"-objects 1000000000", "-objects: 1000000000 is not"},
		{"-objects 3 -nwriters 4", "-objects: 3 are too few for -nwriters 4"},
		{"-stall=maybe", "-stall"},
		{"-reclaim 5", "-reclaim: 5 has no unit: say 5s"},
		{"-reclaim -1ms", "-reclaim: -1ms is not between 0s and 1s"},
		{"-bytes -1", "-bytes: -1 is not"},
		{"-rate 0", "-rate: 0 is not between 1 and 1000000"},
		{"-rate 4", "-rate: 4 a second is less than one update in -duration 200ms: raise one of them"},
		{"-rate 1000000 -duration 11s", "-rate: 1000000 a second is more than 10000000 updates in -duration 11s: lower one of them"},
		{"-phases cost,soon", `-phases: unknown phase "soon"; there are cost, latency, quiet, paced, busy, garbage, waiting`},
		{"-nruns 0", "-nruns: 0 is not"},
		{"-nruns 3.5", "-nruns"},
		{"-duration 0s", "-duration: 0s is not between 1ms and 1m0s"},
		{"-duration soon", `-duration: "soon" is not a time such as 200ms: want 1ms to 1m`},
		{"-format xml", `--format must be one of "table","json","benchfmt" but got "xml"`},
		{"-nosuch", "-nosuch"},
		{"swap gc", `unexpected argument swap`},
		{"-svg=", "-svg: the path is empty"},
		{"-svg .", "-svg: . is a folder"},
		{"-svg /no/such/folder/x.svg", "-svg: open /no/such/folder/x.svg"},
	} {
		status, stdout, stderr := call(c.args)
		if status != 2 || stdout != "" || !strings.Contains(stderr, c.want) || !strings.HasPrefix(stderr, "updatescale: ") {
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
		for _, want := range append(way.Updates().Names(), "-types", "-nwriters", "-nreaders", "-workers", "-hazards", "-objects", "-stall", "-reclaim", "-bytes",
			"-rate", "-nruns", "-duration", "-format", "-svg", "Examples:", "It is no way to end objects") {
			if !strings.Contains(strings.Join(strings.Fields(stdout), " "), want) {
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

func TestProgram(t *testing.T) {
	long.Only(t, "it measures each type")
	svg := filepath.Join(t.TempDir(), "u.svg")
	for _, c := range []struct{ args, want string }{
		{"-svg " + svg, "Updates by 1, read by 1 all the time; medians of 2 runs"},
		{"-nwriters 3 -nreaders 0 -workers 2 -hazards 300", "workers: 2; other hazards: 300"},
		{"-stall -reclaim 10us -nruns 1", "1 run; a reader stays; each end takes 10µs"},
		{"-nwriters 2 -nruns 1", "ended/s: in cost"},
		{"-format benchfmt -nruns 1", "BenchmarkUpdatescale/type=refcnt"},
	} {
		status, stdout, stderr := call("-types hazptr-retire,refcnt,swap -objects 500 -duration 5ms -nruns 2 " + c.args)
		if status != 0 || stderr != "" || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: status %d, stdout %s, stderr %s", c.args, status, stdout, stderr)
		}
	}
	if _, err := os.Stat(svg); err != nil {
		t.Error(err)
	}
}

// Only the phases that are asked for are measured.
func TestPhases(t *testing.T) {
	status, stdout, stderr := call("-types hazptr-retire -phases waiting,quiet -objects 100 -duration 5ms -nruns 2 -format json")
	var set struct {
		Results []struct{ Figures map[string]any }
	}
	if err := json.Unmarshal([]byte(stdout), &set); err != nil || status != 0 || len(set.Results) != 1 {
		t.Fatalf("status %d, %v, stderr %s", status, err, stderr)
	}
	for figure, want := range map[string]bool{quiet.p50(): true, paced.p50(): false, updates: false, floodUpdates: false, latencyP50: false} {
		if _, has := set.Results[0].Figures[figure]; has != want {
			t.Errorf("it has %s: %v", figure, has)
		}
	}
}

// All types and all phases, and which writers a reader that stays blocks.
func TestAllTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	status, stdout, stderr := call("-objects 2000 -duration 10ms -nruns 1 -format json")
	var set struct {
		Results []struct {
			Type    string
			Blocks  string `json:"stall_blocks"`
			Figures map[string]struct {
				Median  float64
				AtLeast bool `json:"at_least"`
				Runs    []float64
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &set); err != nil || status != 0 || len(set.Results) != len(way.Updates()) {
		t.Fatalf("status %d, %d results, %v, stderr %s", status, len(set.Results), err, stderr)
	}
	blocks := map[string]string{"hazptr-synchronize": "its writer", "hazptr-barrier": "every writer", "rcu-synchronize": "every writer",
		"srcu-synchronize": "every writer", "rwlock": "every writer"}
	_, told := processTime()
	for i, r := range set.Results {
		typ := way.Updates()[i]
		if r.Type != typ.Name {
			t.Errorf("result %d is of %s", i, r.Type)
		}
		want := blocks[r.Type]
		if want == "" {
			want = "none"
		}
		if r.Blocks != want {
			t.Errorf("a reader of %s that stays blocks %s, want %s", r.Type, r.Blocks, want)
		}
		median := func(figure string) float64 {
			if found := r.Figures[figure]; len(found.Runs) == 1 {
				return found.Median
			}
			return -1
		}
		for _, f := range []string{updates, updatesPerSec, latencyP50, latencyMaximum, requestP999} {
			if median(f) <= 0 {
				t.Errorf("%s has %s of %v", r.Type, f, median(f))
			}
		}
		for figure, want := range map[string]bool{
			waitingOne: leaves(typ), waitingSome: leaves(typ), waitingMany: leaves(typ), waitingUpdates: typ.Waits, waitingBarrier: typ.Barrier,
		} {
			if has := len(r.Figures[figure].Runs) == 1; has != (want && told) {
				t.Errorf("%s has %s: %t", r.Type, figure, has)
			}
		}
		if median(quiet.ended()) <= 0 && typ.When.Ends() {
			t.Errorf("%s: %v objects have ended", r.Type, median(quiet.ended()))
		}
		if typ.When.Ends() {
			if left := median(pendingLeft); want != "every writer" && (median(floodUpdates) <= 0 || left < 1) {
				t.Errorf("%s: %v updates, %v objects left pending", r.Type, median(floodUpdates), left)
			}
		}
		switch r.Type {
		case "hazptr-retire", "refcnt", "percpu_ref-kill", "hazptr-synchronize":
			if left := median(pendingLeft); left != 1 {
				t.Errorf("%s: a reader that stays holds up %v objects", r.Type, left)
			}
		case "rcu-call", "srcu-call":
			if left := median(pendingLeft); left != median(floodUpdates) {
				t.Errorf("%s: a reader that stays holds up %v of %v objects", r.Type, left, median(floodUpdates))
			}
		case "gc":
			if found := r.Figures[quiet.p50()]; !found.AtLeast && median(quiet.ended()) == 0 {
				t.Errorf("%s: %+v", r.Type, found)
			}
		case "swap":
			if median(requestToSwap) != 1 || median(pendingMost) != -1 || median(quiet.p50()) != -1 {
				t.Errorf("%s: %+v", r.Type, r.Figures)
			}
		}
	}
}
