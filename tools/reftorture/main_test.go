package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/internal/long"
	"hazptr/tools/internal/mutant"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/subject"
)

// TestMain lets the program start itself.
func TestMain(m *testing.M) {
	if os.Getenv(verdictVariable) != "" {
		os.Exit(reftorture.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func run_(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = reftorture.Run(context.Background(), args, &out, &err)
	return out.String(), err.String(), status
}

func TestBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-type hazpointer":         `--type: unknown type "hazpointer"; there are all, good, busted, hazptr, `,
		"-nreaders 0":              "--nreaders: 0 is not between 1 and 32",
		"-duration 1ms":            "--duration: 1ms is not between 100ms and 1000h0m0s",
		"-duration 10":             "--duration: 10 has no unit: say 10s",
		"-scenes order,third":      `--scenes: unknown scene "third"; there are order, crowd, leave, read, `,
		"-objects 100000":          "--objects: 100000 is not between 256 and 16384",
		"-seed x":                  `--seed: "x" is not a whole number`,
		"hazptr":                   `unexpected argument hazptr`,
		"-read-exit-burst 100":     "--read-exit-burst: 100 is not between 0 and 50",
		"-stutter -1s":             "--stutter: -1s is not between 0s and 1h0m0s",
		"-patience 1ms -tries 0":   "--patience: 1ms is not between 1s and 1h0m0s",
		"-n-barrier-cbs 9999":      "--n-barrier-cbs: 9999 is not between 0 and 64",
		"-type good,busted-hazptr": `--type: unknown type "busted-hazptr"`,
	} {
		stdout, stderr, status := run_(t, strings.Fields(args)...)
		if status != 2 || stdout != "" || !strings.HasPrefix(stderr, "reftorture: "+want) || !strings.HasSuffix(stderr, "reftorture -h tells more.\n") {
			t.Errorf("%s: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
}

// The bounds in the options' tags are those of the numbers of actors.
func TestBounds(t *testing.T) {
	if firstBurstReader != 32 || mostBurst != 50 {
		t.Errorf("%d readers and %d that come and go fit", firstBurstReader, mostBurst)
	}
}

// Types are in the table's order, each once.
func TestTypeList(t *testing.T) {
	names, err := typeList("busted-gate-early, gate,hazptr,gate").names()
	if err != nil || !slices.Equal(names, []string{"hazptr", "gate", "busted-gate-early"}) {
		t.Errorf("%q, %v", names, err)
	}
	for list, want := range map[typeList]int{"good": len(subject.Table()), "busted": len(bustedTypes), "all": len(subject.Table()) + len(bustedTypes)} {
		if names, err := list.names(); err != nil || len(names) != want {
			t.Errorf("%s: %q, %v", list, names, err)
		}
	}
}

func TestHelp(t *testing.T) {
	stdout, stderr, status := run_(t, "-h")
	if status != 0 || stderr != "" {
		t.Errorf("status %d, %q", status, stderr)
	}
	for line := range strings.Lines(stdout) {
		if len([]rune(line)) > 81 {
			t.Errorf("too long: %s", line)
		}
	}
	names, err := typeList("all").names()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenes {
		names = append(names, s.name)
	}
	for _, name := range append(names, "--duration=1m", "--catch=20s", "--json") {
		if !strings.Contains(stdout, name) {
			t.Errorf("no word of %s", name)
		}
	}
}

// Each good type has a busted one, and each of those a mutant.
func TestEveryTypeHasABustedTwin(t *testing.T) {
	for _, typ := range subject.Table() {
		if !slices.ContainsFunc(bustedTypes, func(b busted) bool { return b.good == typ.Name }) {
			t.Errorf("%s has none", typ.Name)
		}
	}
	for _, b := range bustedTypes {
		if _, err := subject.Named(b.good); err != nil {
			t.Errorf("%s: %v", b.name, err)
		}
		if err := new(sceneList).UnmarshalText([]byte(cmp.Or(b.scenes, "all"))); err != nil {
			t.Errorf("%s: %v", b.name, err)
		}
		if _, err := mutant.Named(b.mutant); err != nil {
			t.Errorf("%s: %v", b.name, err)
		}
	}
}

// A good type gets through a short run, in processes of its own.
func TestGoodTypes(t *testing.T) {
	long.Only(t, "it tortures for seconds")
	const types = "hazptr,rcu"
	stdout, stderr, status := run_(t, "-type", types, "-duration", "500ms", "-scenes", "everything", "-stutter", "100ms", "-stall-duration", "50ms", "-patience", "60s", "-json")
	var outcomes []outcome
	if err := json.Unmarshal([]byte(stdout), &outcomes); err != nil || status != 0 || stderr != "" {
		t.Fatalf("%v, status %d\n%s\n%s", err, status, stdout, stderr)
	}
	names, _ := typeList(types).names()
	if len(outcomes) != len(names) {
		t.Fatalf("%d outcomes of %d types", len(outcomes), len(names))
	}
	for i, out := range outcomes {
		if out.Type != names[i] || !out.Right || len(out.Runs) != 2 {
			t.Errorf("%s: %+v", names[i], out)
		}
		var sum verdict
		for _, v := range out.Runs {
			if !v.Success || v.Stutters == 0 {
				t.Errorf("%s: %+v", out.Type, v)
			}
			sum.Protections += v.Protections
			sum.Ended += v.Ended
		}
		if sum.Protections == 0 || sum.Ended == 0 {
			t.Errorf("%s has done nothing: %+v", out.Type, out.Runs)
		}
	}
}

// A busted type is caught, one whose rule does not matter is told not to be.
func TestBustedTypes(t *testing.T) {
	long.Only(t, "it builds the library three times")
	if _, err := mutant.Source(t.Context()); err != nil {
		t.Skip(err)
	}
	stdout, stderr, status := run_(t, "-type", "busted-hazptr-twice,busted-hazptr-sync-early", "-patience", "60s")
	if status != 0 || len(regexp.MustCompile(`caught in \d+\.\d s`).FindAllString(stdout, -1)) != 2 || !strings.Contains(stdout, "--- End of test: SUCCESS: -type busted-hazptr-twice") {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
	harmless := busted{"busted-harmless", "hazptr-sync", "percpu-nofence", ""}
	bustedTypes = append(bustedTypes, harmless)
	defer func() { bustedTypes = bustedTypes[:len(bustedTypes)-1] }()
	stdout, stderr, status = run_(t, "-type", "busted-harmless", "-catch", "1s", "-patience", "60s")
	if status != 1 || !strings.Contains(stdout, "NOT CAUGHT (0 of 1)") || !strings.Contains(stdout, "--- End of test: FAILURE: 1 of 1 types") {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
}

// What one type prints is in the kernel's manner, and its last line can be run
// again.
func TestOneType(t *testing.T) {
	if testing.Short() {
		t.Skip("it tortures for a second, twice")
	}
	stdout, stderr, status := run_(t, "-type", "gate", "-duration", "800ms", "-stutter", "200ms", "-stat-interval", "100ms", "-nreaders", "3", "-patience", "60s")
	for _, want := range []string{
		`(?m)^gate-torture: ver: \d+ tfle: \d+ rta: \d+ rtaf: \d+ rtf: \d+ tfe: 0 .* stutters: \d+$`,
		`(?m)^gate-torture: Reader Pipe:  \d+( \d+){10}$`,
		`(?m)^gate-torture: Reader Batch:  \d+( \d+){10}$`,
		`(?m)^gate-torture: Free-Block Circulation:  \d+( \d+){10}$`,
		`(?m)^gate-torture: --- End of test: SUCCESS: -type gate .*-nreaders=3 .*-seed=\d+`,
		`(?m)^ gate +2 +\d s .* SUCCESS *$`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in\n%s", want, stdout)
		}
	}
	if status != 0 || stderr != "" {
		t.Errorf("status %d\n%s", status, stderr)
	}
	last := regexp.MustCompile(`SUCCESS: (.*) \(`).FindStringSubmatch(stdout)[1]
	if o, err := reftorture.Parse(strings.Fields(last), io.Discard); err != nil || o.Types != "gate" || o.Readers != 3 || o.Statistics != 100*time.Millisecond {
		t.Errorf("%s: %+v, %v", last, o, err)
	}
}

// A process that dies is a failure that says why.
func TestDeath(t *testing.T) {
	dying := filepath.Join(t.TempDir(), "dying")
	if err := os.WriteFile(dying, []byte("#!/bin/sh\necho 'fatal error: on purpose' >&2\nexit 2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	o, err := reftorture.Parse(nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	s := &supervisor{options: o, ctx: t.Context(), folder: t.TempDir(), stdout: &out, stderr: &errs, bar: program.NewBar(&errs, 1)}
	v, err := s.run(run{name: "hazptr", good: "hazptr", program: dying, duration: time.Second, seed: 5}, false)
	if err != nil {
		t.Skip(err) // no shell
	}
	if v.Success || len(v.Failures) != 1 || v.Failures[0].Kind != kindDied || !strings.Contains(v.Failures[0].Text, "fatal error: on purpose") || !strings.Contains(errs.String(), "on purpose") {
		t.Errorf("%+v\n%s", v, errs.String())
	}
}
