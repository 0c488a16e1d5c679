package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/summary"
)

// A load is a program to run.
type load struct {
	name string // of its folder
	args []string
}

// title is unique.
func (l load) title() string { return strings.Join(append([]string{l.name}, l.args...), " ") }

var loads = []load{
	{"bbolt", nil},
	{"mmdb", nil},
	{"mmdb", []string{"-http"}},
	{"label", nil},
	{"fdtable", nil},
	{"pebble", nil},
	{"gate", nil},
}

// loadsNamed returns the loads of some names; "all" means all.
func loadsNamed(names []string) (chosen []load, err error) {
	seen := map[string]bool{}
	for _, name := range names {
		known := false
		for _, l := range loads {
			if name != "all" && name != l.name {
				continue
			}
			known = true
			if !seen[l.title()] {
				seen[l.title()] = true
				chosen = append(chosen, l)
			}
		}
		if !known {
			return nil, fmt.Errorf("unknown load %q; there are bbolt, mmdb, label, fdtable, pebble, gate and all", name)
		}
	}
	return chosen, nil
}

// run runs the load in the library's folder. What it was told to do stands in
// the summary's command, without what is there for us alone.
func (l load) run(ctx context.Context, library string, full bool) (*summary.Summary, error) {
	args := append([]string{"run", "./tools/loads/" + l.name}, l.args...)
	if !full {
		args = append(args, "-short")
	}
	cmd := command.Program(ctx, "go", append(args, "-format", "json")...)
	cmd.Dir = library
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", l.title(), err, firstLine(stderr.String()))
	}
	var s summary.Summary
	if err := json.Unmarshal(out, &s); err != nil {
		return nil, fmt.Errorf("%s: what it printed: %w", l.title(), err)
	}
	s.Command = "go " + strings.Join(args, " ")
	return &s, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
