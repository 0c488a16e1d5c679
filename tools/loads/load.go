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
	text string // what it is; "" where another one of the name says it
	args []string
}

// title is unique.
func (l load) title() string { return strings.Join(append([]string{l.name}, l.args...), " ") }

var loads = []load{
	{name: "bbolt", text: "a database whose remap waits for all readers"},
	{name: "mmdb", text: "a memory-mapped database that is replaced while it is read; and behind an HTTP server"},
	{name: "mmdb", args: []string{"-http"}},
	{name: "label", text: "a web server whose every request asks a label that can be replaced at any time"},
	{name: "fdtable", text: "gVisor's file descriptors"},
	{name: "pebble", text: "a storage engine's readers"},
	{name: "gate", text: "a queue of I/O that is frozen to change its file"},
}

// describe calls add with each name and what it is.
func describe(add func(name, text string)) {
	for _, l := range loads {
		if l.text != "" {
			add(l.name, l.text)
		}
	}
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
			var all []string
			describe(func(name, _ string) { all = append(all, name) })
			return nil, fmt.Errorf("unknown load %q; there are %s and all", name, strings.Join(all, ", "))
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
