//go:build unix

package against

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program returns the path of a program that appends its name and its arguments
// to a file, and prints.
func program(t *testing.T, folder, name, prints string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	script := fmt.Sprintf("#!/bin/sh\necho %s \"$@\" >>'%s/log'\n%s\n", name, folder, prints)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// readWords reads lines of a name and a value.
func readWords(text []byte) (figures []Figure, err error) {
	for line := range strings.Lines(string(text)) {
		var f Figure
		if _, err := fmt.Sscan(line, &f.Name, &f.Value); err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// parsed returns the plan that the options ask for.
func parsed(options ...string) (*Plan, error) {
	given := map[string]string{}
	for i := 0; i+1 < len(options); i += 2 {
		given[strings.TrimPrefix(options[i], "-")] = options[i+1]
	}
	return New(given, []string{"a", "b"}, 3, readWords)
}

func TestRun(t *testing.T) {
	folder := t.TempDir()
	before := program(t, folder, "before", "echo fast 2; echo gone 1; echo slow 8")
	p, err := parsed("-against", before, "-loops", "7", "-nruns", "9", "-types", "all")
	if err != nil {
		t.Fatal(err)
	}
	p.now = program(t, folder, "now", "echo slow 4; echo new 1; echo fast 3")
	var out bytes.Buffer
	steps := 0
	if err := p.Do(context.Background(), "heading", func() { steps++ }, &out); err != nil || steps != p.Steps() {
		t.Fatalf("%v, after %d steps", err, steps)
	}
	for _, want := range []string{"heading, 3 runs of each build", before, "slow 8 8 4 4 0.500 0%", "fast 2 2 3 3 1.500 0%"} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "gone") || strings.Contains(out.String(), "new ") {
		t.Errorf("a figure that one build does not have\n%s", &out)
	}
	ran, err := os.ReadFile(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(ran)), "\n")
	// Both builds of one type, then those of another.
	for i := 0; i < len(lines); i += 2 {
		pair := lines[i : i+2]
		slices.Sort(pair)
		typ := pair[0][strings.Index(pair[0], "-types"):]
		if !strings.HasPrefix(pair[0], "before -loops=7 -types ") || pair[1] != "now -loops=7 "+typ || !strings.HasSuffix(typ, " -nruns 1 -format json") {
			t.Errorf("ran %q", pair)
		}
	}
	if len(lines) != 12 || strings.HasPrefix(lines[0], "now") {
		t.Errorf("ran %q", lines)
	}
}

func TestJSON(t *testing.T) {
	folder := t.TempDir()
	p, err := parsed("-against", program(t, folder, "before", "echo x 2"), "-format", "json")
	if err != nil {
		t.Fatal(err)
	}
	p.now = program(t, folder, "now", "echo x 3")
	var out bytes.Buffer
	if err := p.Do(context.Background(), "", func() {}, &out); err != nil || !strings.Contains(out.String(), `"now_to_before": 1.5,`) {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestBadPlans(t *testing.T) {
	folder := t.TempDir()
	before := program(t, folder, "before", "echo x 2")
	plain := filepath.Join(folder, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"-loops 5":                            "",
		"-against " + before:                  "",
		"-against ":                           "the path is empty",
		"-against " + folder:                  "is a folder",
		"-against " + plain:                   "permission denied: give an older build",
		"-against " + before + " -svg x":      "-svg",
		"-against " + before + " -format csv": "-format csv: want table or json",
	} {
		_, err := parsed(strings.Split(args, " ")...)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

func TestFailures(t *testing.T) {
	for prints, want := range map[string]string{
		"echo 'flag provided but not defined: -x' >&2; exit 2": "-format json: flag provided but not defined: -x",
		"exit 3":         "exit status 3",
		"echo no figure": "invalid syntax",
		"echo other 1":   "-types",
	} {
		folder := t.TempDir()
		p, err := parsed("-against", program(t, folder, "before", prints))
		if err != nil {
			t.Fatal(err)
		}
		p.now = program(t, folder, "now", "echo x 3")
		if err := p.Do(context.Background(), "", func() {}, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", prints, err)
		}
	}
}

func TestInterrupted(t *testing.T) {
	folder := t.TempDir()
	p, err := parsed("-against", program(t, folder, "before", "sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	p.now = program(t, folder, "now", "sleep 60")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.run(ctx, func() {}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
