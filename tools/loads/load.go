package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/summary"
)

// A load is a program to run.
type load struct {
	name string // of its folder
	// What the program suffers from; "" where another one of the name says it.
	hurts     string
	changes   string // what takes its place
	takes     string // in its short form, and with -full
	downloads string // beside what this module requires
	// What is gained is not seen in the whole program: it is in no other group.
	loss  bool
	large bool // it is in no group
	args  []string
}

// title is unique.
func (l load) title() string { return strings.Join(append([]string{l.name}, l.args...), " ") }

var loads = []load{
	{
		name: "bbolt", hurts: "a remap of the grown file waits for all readers, and new ones wait behind it",
		changes: "a mapping ends with its last reader", takes: "40 s, 2 min", downloads: "0.4 MB",
	},
	{
		name: "etcd", hurts: "nothing is read while a member defragments, and until its snapshots have been sent",
		changes: "live: reads go on in the old file", takes: "1 min, 7 min", downloads: "61 MB",
	},
	{
		name: "kopia", hurts: "an index that is compacted while contents are listed ends the process",
		changes: "a Guard for each file of a listing", takes: "1 min, 8 min", downloads: "108 MB",
	},
	{
		name: "badger", hurts: "overlapping iterators keep every file of the value log that was rewritten",
		changes: "an iterator has a Guard of the era in which it began", takes: "1 min, 7 min", downloads: "49 MB",
	},
	{
		name: "seaweedfs", hurts: "reads stop while a vacuum commits, and a slow client stops writes",
		changes: "a read has a Guard of the volume's files", takes: "2 min, 10 min", downloads: "134 MB; in no group", large: true,
	},
	{
		name: "mmdb", hurts: "each lookup in a mapped file locks or counts, or the file is unmapped late",
		changes: "a hazard pointer, live, mapped; also behind HTTP", takes: "30 s, 2 min", downloads: "0.4 MB",
	},
	{name: "mmdb", args: []string{"-http"}},
	{
		name: "gate", hurts: "each I/O of a queue that is frozen now and then counts in one place",
		changes: "a gate", takes: "15 s, 40 s", downloads: "nothing",
	},
	{
		name: "fdtable", hurts: "each use of a file descriptor of gVisor's counts references",
		changes: "a hazard pointer of the task", takes: "1 min, 2 min", downloads: "27 MB", loss: true,
	},
	{
		name: "pebble", hurts: "each Get and iterator locks and counts the state that it reads",
		changes: "a Guard", takes: "1 min, 2 min", downloads: "80 MB", loss: true,
	},
	{
		name: "label", hurts: "each request counts a security label that can be replaced",
		changes: "a hazard pointer", takes: "15 s, 50 s", downloads: "nothing", loss: true,
	},
}

// The groups of loads.
const (
	groupAll    = "all"    // where something is gained
	groupLosses = "losses" // the others
)

// describe calls add with each name of a group and what it is.
func describe(losses bool) func(add func(name, text string)) {
	return func(add func(name, text string)) {
		for _, l := range loads {
			if l.loss == losses && l.hurts != "" {
				add(l.name, fmt.Sprintf("%s → %s. %s; %s", l.hurts, l.changes, l.takes, l.downloads))
			}
		}
	}
}

// in reports whether a name on the command line means the load.
func (l load) in(name string) bool {
	return name == l.name || name == groupAll && !l.loss && !l.large || name == groupLosses && l.loss
}

// loadsNamed returns the loads of some names, or of groups.
func loadsNamed(names []string) (chosen []load, err error) {
	seen := map[string]bool{}
	for _, name := range names {
		known := false
		for _, l := range loads {
			if !l.in(name) {
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
			for _, losses := range []bool{false, true} {
				describe(losses)(func(name, _ string) { all = append(all, name) })
			}
			return nil, fmt.Errorf("unknown load %q; there are %s, and the groups %s and %s", name, strings.Join(all, ", "), groupAll, groupLosses)
		}
	}
	return chosen, nil
}

// run runs the load in the library's folder. What it was told to do stands in
// the summary's command, without what is there for us alone. It calls show when
// a stage of the load begins.
func (l load) run(ctx context.Context, library string, full bool, show func(done, of int, stage string)) (*summary.Summary, error) {
	args := append([]string{"run", "./tools/loads/" + l.name}, l.args...)
	if !full {
		args = append(args, "-short")
	}
	cmd := command.Program(ctx, "go", append(args, "-format", "json")...)
	cmd.Dir = library
	stderr := &program.Relay{Show: show}
	cmd.Stderr, cmd.Env = stderr, stderr.Environ()
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
