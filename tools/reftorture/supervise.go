package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hazptr/internal/command"
)

// A run is a process that tortures a type.
type run struct {
	name     string // of the type
	good     string // itself, unless it is busted
	program  string
	duration time.Duration
	seed     uint64
	asyncOff bool
}

// asyncPart is how much of a good type's time is without preemption by signals.
const asyncPart = 4

// supervise tortures the types that are asked for, each in a process of its own, and prints the verdicts. It returns the exit status.
func supervise(ctx context.Context, o *options, stdout, stderr io.Writer) int {
	folder, remove, err := command.WorkFolder(os.TempDir(), "reftorture")
	if err != nil {
		fmt.Fprintln(stderr, "reftorture:", err)
		return 1
	}
	defer func() { _ = remove() }()
	s := &supervisor{options: o, ctx: ctx, folder: folder, stdout: stdout, stderr: stderr}
	err = s.all()
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "reftorture: interrupted")
		return command.Interrupted
	case err != nil:
		fmt.Fprintln(stderr, "reftorture:", err)
		return 1
	}
	return s.status()
}

// A supervisor starts processes one after the other.
type supervisor struct {
	*options
	ctx            context.Context
	folder         string
	stdout, stderr io.Writer
	go_            *goCommand // nil until something must be built
	outcomes       []*outcome
	progress       *progress
}

// An outcome is what came of all runs of a type.
type outcome struct {
	Type   string     `json:"type"`
	Busted string     `json:"busted_rule,omitempty"`
	Right  bool       `json:"as_it_should_be"` // good ones succeed, busted ones are caught
	Runs   []*verdict `json:"runs"`
}

func (s *supervisor) all() error {
	names, err := selected(s.typ)
	if err != nil {
		return err
	}
	s.progress = newProgress(s.stderr, len(names))
	defer s.progress.end()
	for _, name := range names {
		out := &outcome{Type: name, Right: true}
		s.outcomes = append(s.outcomes, out)
		runs, rule, err := s.runs(name)
		if err != nil {
			return err
		}
		out.Busted = rule
		for _, r := range runs {
			v, err := s.run(r, len(names) == 1 && len(runs) <= 2 && !s.json)
			if err != nil {
				return err
			}
			out.Runs = append(out.Runs, v)
			if v.Success == (rule != "") {
				out.Right = false
			}
			if !out.Right {
				break
			}
		}
		s.progress.step()
	}
	s.progress.end()
	if s.json {
		encoder := json.NewEncoder(s.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s.outcomes)
	}
	return s.table()
}

// runs returns the runs of a type, and the rule that it breaks.
func (s *supervisor) runs(name string) (runs []run, rule string, err error) {
	b := bustedNamed(name)
	r := run{name: name, good: name, seed: s.seed, asyncOff: s.asyncOff}
	if b == nil {
		if r.program, err = s.goodProgram(); err != nil {
			return nil, "", err
		}
		for range s.tries {
			r.duration = s.duration
			if s.asyncOff {
				runs = append(runs, r)
			} else {
				other := r
				r.duration -= s.duration / asyncPart
				other.duration, other.asyncOff = s.duration/asyncPart, true
				runs = append(runs, r, other)
			}
			r.seed++
		}
		return runs, "", nil
	}
	if err := s.needGo(); err != nil {
		return nil, "", err
	}
	s.progress.say("building " + name)
	if r.program, err = b.build(s.go_, s.folder); err != nil {
		return nil, "", err
	}
	r.good, r.duration = b.good, s.catch
	for range s.tries {
		runs = append(runs, r)
		r.seed++
	}
	return runs, b.rule(), nil
}

// goodProgram returns this program, or one with the race detector.
func (s *supervisor) goodProgram() (string, error) {
	if !s.race {
		return os.Executable()
	}
	if err := s.needGo(); err != nil {
		return "", err
	}
	s.progress.say("building with the race detector")
	return s.go_.build(s.folder, "race")
}

func (s *supervisor) needGo() (err error) {
	if s.go_ == nil {
		s.go_, err = newGoCommand(s.ctx, s.race)
	}
	return err
}

// run makes a run and returns its verdict. With show its output is shown as it comes; if not, that of one that does not end as it should.
func (s *supervisor) run(r run, show bool) (*verdict, error) {
	s.progress.say(r.name)
	o := *s.options
	o.duration, o.seed, o.asyncOff = r.duration, r.seed, r.asyncOff
	path := filepath.Join(s.folder, "verdict")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// Who does not end is told from who takes long: what it does at the end has limits of its own.
	ctx, cancel := context.WithTimeout(s.ctx, r.duration+5*s.patience+20*time.Second)
	defer cancel()
	child := command.Child(ctx, r.program, o.arguments(r.good)...)
	child.Env = append(os.Environ(), verdictVariable+"="+path, "GOTRACEBACK=all")
	if r.asyncOff {
		child.Env = append(child.Env, "GODEBUG=asyncpreemptoff=1")
	}
	var output transcript
	child.Stdout, child.Stderr = output.passing(nil), output.passing(nil)
	if show {
		child.Stdout, child.Stderr = output.passing(s.stdout), output.passing(s.stderr)
	}
	begun := time.Now()
	err := child.Run()
	if s.ctx.Err() != nil {
		return nil, s.ctx.Err()
	}
	v := new(verdict)
	if text, e := os.ReadFile(path); e == nil {
		if err := json.Unmarshal(text, v); err != nil {
			return nil, fmt.Errorf("%s: its verdict: %w", r.name, err)
		}
		if v.Success && err != nil { // a data race, for example
			v.Success = false
			v.Failures = append(v.Failures, failure{Kind: kindDied, Actor: "process", After: v.Seconds, Text: fmt.Sprintf("%v: %s", err, firstLine(output.text.String()))})
		}
	} else {
		why := fmt.Sprint(err)
		if ctx.Err() != nil {
			why = "it was still running long after its end"
		}
		*v = verdict{Type: r.good, Seed: r.seed, Repeat: o.arguments(r.good), Seconds: time.Since(begun).Seconds(),
			Failures: []failure{{Kind: kindDied, Actor: "process", After: time.Since(begun).Seconds(), Text: why + ": " + firstLine(output.text.String())}}}
		if show {
			v.end(s.stdout)
		}
	}
	v.Type = r.name
	if !v.Success && r.name == r.good && !show {
		s.progress.end()
		s.stderr.Write(output.text.Bytes())
	}
	return v, nil
}

// firstLine returns the line by which a dying program says why.
func firstLine(output string) string {
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		for _, prefix := range []string{"panic: ", "fatal error: ", "unexpected fault address", "WARNING: DATA RACE", "reftorture: "} {
			if strings.HasPrefix(line, prefix) {
				return strings.Join(lines[i:min(i+2, len(lines))], " ")
			}
		}
	}
	return "no reason is known"
}

// status returns 0 if all is as it should be.
func (s *supervisor) status() int {
	for _, out := range s.outcomes {
		if !out.Right {
			return 1
		}
	}
	return 0
}
