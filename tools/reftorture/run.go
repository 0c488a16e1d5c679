package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/mutant"
)

// A run is a process that tortures a type.
type run struct {
	name     string // of the type
	good     string // itself, unless it is busted
	program  string
	duration time.Duration
	seed     int64
	scenes   string // if the command line does not say; "": all
	asyncOff bool
}

// program returns the path of the program for a type: this one, unless it must
// be built with a rule broken or with the race detector. A type that is not
// busted is nil.
func (s *supervisor) program(b *busted) (string, error) {
	if b == nil && !s.Race {
		return os.Executable()
	}
	if s.source == "" {
		var err error
		if s.source, err = mutant.Source(s.ctx); err != nil {
			return "", err
		}
	}
	name, flags := "race", []string(nil)
	if b != nil {
		m, err := mutant.Named(b.mutant)
		if err != nil {
			return "", err
		}
		if flags, err = m.Flags(s.source, s.folder); err != nil {
			return "", err
		}
		name = m.Name
	}
	if s.Race {
		flags = append(flags, "-race")
	}
	s.bar.Describe("building " + name)
	return mutant.Build(s.ctx, s.source, filepath.Join(s.folder, name), "hazptr/tools/reftorture", flags...)
}

// run makes a run and returns its verdict. With show its output is shown as it
// comes; if not, that of one that does not end as it should.
func (s *supervisor) run(r run, show bool) (*verdict, error) {
	s.bar.Describe(r.name)
	o := *s.options
	o.Duration, o.Seed, o.AsyncOff = r.duration, r.seed, r.asyncOff
	path := filepath.Join(s.folder, "verdict")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// A process that does not end is told from one that takes long: what it
	// does at the end has limits of its own.
	ctx, cancel := context.WithTimeout(s.ctx, r.duration+5*s.Patience+20*time.Second)
	defer cancel()
	args := o.arguments(r.good)
	if r.scenes != "" && !s.Has("scenes") {
		args = append(args, "-scenes="+r.scenes)
	}
	child := command.Child(ctx, r.program, args...)
	child.Env = append(os.Environ(), verdictVariable+"="+path, "GOTRACEBACK=all")
	if r.asyncOff {
		child.Env = append(child.Env, "GODEBUG=asyncpreemptoff=1")
	}
	var output bytes.Buffer
	child.Stdout, child.Stderr = &output, &output
	if show {
		child.Stdout, child.Stderr = s.stdout, io.MultiWriter(s.stderr, &output)
	}
	begun := time.Now()
	err := child.Run()
	if s.ctx.Err() != nil {
		return nil, s.ctx.Err()
	}
	died := func(seconds float64, why any) failure {
		return failure{Kind: kindDied, Actor: "process", After: seconds, Text: fmt.Sprintf("%v: %s", why, mutant.Why(output.String()))}
	}
	v := new(verdict)
	if text, missing := os.ReadFile(path); missing == nil {
		if err := json.Unmarshal(text, v); err != nil {
			return nil, fmt.Errorf("%s: its verdict: %w", r.name, err)
		}
		if v.Success && err != nil { // a data race, for example
			v.Success, v.Failures = false, append(v.Failures, died(v.Seconds, err))
		}
	} else {
		why := any(err)
		if ctx.Err() != nil {
			why = "it was still running long after its end"
		}
		took := time.Since(begun).Seconds()
		*v = verdict{Type: r.good, Seed: r.seed, Repeat: args, Seconds: took, Failures: []failure{died(took, why)}}
		if show {
			v.end(s.stdout)
		}
	}
	v.Type = r.name
	if !v.Success && r.name == r.good && !show {
		s.bar.Clear()
		s.stderr.Write(output.Bytes())
	}
	return v, nil
}
