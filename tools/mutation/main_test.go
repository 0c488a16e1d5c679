package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hazptr/internal/long"
	"hazptr/tools/internal/mutant"
)

func said(args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = mutation.Run(context.Background(), args, &out, &err)
	return out.String(), err.String(), status
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-mutants none":    `there is no mutant "none"; -list prints them`,
		"-catch 1ms":       "--catch: 1ms is not between 1s and 1h0m0s",
		"reclaim-twice":    `unexpected argument reclaim-twice`,
		"-timeout forever": `--timeout: "forever" is not a time`,
	} {
		if _, stderr, status := said(strings.Fields(args)...); status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s", args, status, stderr)
		}
	}
	if stdout, _, status := said("-h"); status != 0 || !strings.Contains(stdout, "--timeout=3m") {
		t.Error("no help")
	}
	if stdout, _, status := said("-list"); status != 0 || strings.Count(stdout, "\n") != len(mutant.All) {
		t.Errorf("status %d\n%s", status, stdout)
	}
}

func TestRow(t *testing.T) {
	for _, c := range []struct {
		found map[string]string
		want  string
	}{
		{nil, "m      SURVIVES"},
		{map[string]string{byScenario: "scenario: rcu TestExploreSynchronize"}, "m     rcu TestExploreSynchronize only explored"},
		{map[string]string{byTests: "hazptr/rcu: TestX", byScenario: "scenario: rcu TestY"}, "m  rcu: TestX   rcu TestY"},
	} {
		if got := strings.TrimSuffix(fmt.Sprintln(row(mutant.Mutant{Name: "m"}, c.found)...), "\n"); got != c.want {
			t.Errorf("%v: %q, want %q", c.found, got, c.want)
		}
	}
}

// A mutant that does harm is noticed, one that does none survives.
func TestHunt(t *testing.T) {
	long.Only(t, "it builds the library twice and runs its tests")
	if _, err := mutant.Source(t.Context()); err != nil {
		t.Skip(err)
	}
	stdout, stderr, status := said("-short", "-mutants", "percpu-from-zero")
	if status != 0 || !strings.Contains(stdout, "hazptr/") || !strings.Contains(stdout, "none of 1 survives") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	mutant.All = append(mutant.All, mutant.Mutant{Name: "harmless", Rule: "none", File: "internal/perproc/cacheline.go", Old: "package perproc", New: "package perproc // as before"})
	defer func() { mutant.All = mutant.All[:len(mutant.All)-1] }()
	h := &hunt{options: &options{Short: true, Timeout: time.Minute}, ctx: t.Context()}
	h.source, _ = mutant.Source(t.Context())
	h.folder = t.TempDir()
	m, _ := mutant.Named("harmless")
	flags, err := m.Flags(h.source, h.folder)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := h.test("hazptr/internal/perproc", flags); found != "" || err != nil {
		t.Errorf("%s, %v", found, err)
	}
	// A search begins with the inputs that its own package has.
	m, _ = mutant.Named("counted-all-the-same")
	if flags, err = m.Flags(h.source, h.folder); err != nil {
		t.Fatal(err)
	}
	if found, err := h.interleave(m, flags, true); err == nil || !strings.Contains(err.Error(), "failure while testing seed corpus entry: FuzzKill/") {
		t.Errorf("%s, %v", found, err)
	}
}
