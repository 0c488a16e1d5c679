package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
)

// A supervisor starts processes one after the other.
type supervisor struct {
	*options
	ctx context.Context

	// Of the library, once that is needed; and for what is built.
	source, folder string

	stdout, stderr io.Writer
	bar            *program.Bar
	outcomes       []*outcome
}

// An outcome is what came of all runs of a type.
type outcome struct {
	Type   string     `json:"type"`
	Busted string     `json:"busted_rule,omitempty"`
	Right  bool       `json:"as_it_should_be"`  // good, or caught
	Logged string     `json:"logged,omitempty"` // when, if the logbook has it
	Runs   []*verdict `json:"runs"`
}

// supervise tortures the types that are asked for, each in a process of its
// own, and prints the verdicts. It returns an error if one is not as it should
// be.
func supervise(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	names, err := o.Types.names()
	if err != nil {
		return err
	}
	folder, remove, err := command.WorkFolder(os.TempDir(), "reftorture")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	s := &supervisor{options: o, ctx: ctx, folder: folder, stdout: stdout, stderr: stderr, bar: program.NewBar(stderr, len(names))}
	defer s.bar.Clear()
	var log *logbook
	if o.Log != "" {
		if log, err = openLogbook(o); err != nil {
			return err
		}
	}
	wrong := 0
	for _, name := range names {
		out, err := s.logged(log, name, len(names) == 1)
		if err != nil {
			return err
		}
		if s.outcomes = append(s.outcomes, out); !out.Right {
			wrong++
		}
		s.bar.Step()
	}
	s.bar.Clear()
	if o.JSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(s.outcomes)
	} else {
		err = s.table(wrong)
	}
	if err == nil && wrong > 0 {
		err = fmt.Errorf("%d of %d types are not as they should be", wrong, len(names))
	}
	return err
}

// logged tortures the type, unless the logbook has that done, and adds a line
// to the logbook. There may be none.
func (s *supervisor) logged(log *logbook, name string, alone bool) (*outcome, error) {
	if log == nil {
		return s.torture(name, alone)
	}
	asked, rule := s.Duration, ""
	if b := bustedNamed(name); b != nil {
		asked, rule = s.Catch, b.rule()
	}
	if date := log.done(name, asked); date != "" {
		return &outcome{Type: name, Busted: rule, Right: true, Logged: date}, nil
	}
	out, err := s.torture(name, alone)
	if err == nil {
		err = log.add(out, asked)
	}
	return out, err
}

// torture makes the runs of a type, until one is not as it should be.
func (s *supervisor) torture(name string, alone bool) (*outcome, error) {
	runs, rule, err := s.runs(name)
	if err != nil {
		return nil, err
	}
	out := &outcome{Type: name, Busted: rule, Right: true}
	for _, r := range runs {
		v, err := s.run(r, alone && len(runs) <= 2 && !s.JSON)
		if err != nil {
			return nil, err
		}
		out.Runs = append(out.Runs, v)
		if out.Right = v.Success == (rule == ""); !out.Right {
			break
		}
	}
	return out, nil
}

// asyncPart is how much of a good type's time is without preemption by signals.
const asyncPart = 4

// runs returns the runs of a type, and the rule that it breaks.
func (s *supervisor) runs(name string) (runs []run, rule string, err error) {
	r := run{name: name, good: name, duration: s.Duration, seed: s.Seed, asyncOff: s.AsyncOff}
	b := bustedNamed(name)
	if b != nil {
		r.good, r.duration, r.scenes, rule = b.good, s.Catch, b.scenes, b.rule()
	}
	if r.program, err = s.program(b); err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	for range s.Tries {
		first := r
		if b == nil && !s.AsyncOff {
			second := r
			second.duration, second.asyncOff = s.Duration/asyncPart, true
			first.duration -= second.duration
			runs = append(runs, first, second)
		} else {
			runs = append(runs, first)
		}
		r.seed++
	}
	return runs, rule, nil
}
