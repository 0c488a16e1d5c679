package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"hazptr/loads/internal/progress"
)

// A suite is what bbolt's own tests say of a program.
type suite struct {
	Program string        `json:"program"`
	Command string        `json:"command"`
	Passed  int           `json:"passed"` // tests, without their subtests
	Skipped int           `json:"skipped"`
	Failed  []string      `json:"failed"` // tests, and packages that fail otherwise
	Took    time.Duration `json:"took_ns"`
}

// suites runs the tests that the options ask for.
func suites(ctx context.Context, o *options, programs []*program, bar *progress.Bar) ([]*suite, error) {
	var found []*suite
	for _, kind := range []struct {
		wanted bool
		args   []string
	}{
		{o.tests, []string{"test", "-short", "./..."}},
		{o.race, []string{"test", "-race", "-short", "./..."}},
	} {
		if !kind.wanted {
			continue
		}
		for _, p := range programs {
			bar.Describe(fmt.Sprintf("go %s, %s", strings.Join(kind.args, " "), p.name))
			s, err := p.test(ctx, kind.args)
			if err != nil {
				return nil, err
			}
			found = append(found, s)
			bar.Step(1)
		}
	}
	return found, nil
}

// test runs go with args, which are those of go test, with bbolt's failpoints in the copy as its Makefile puts them in. The worker has none.
func (p *program) test(ctx context.Context, args []string) (*suite, error) {
	if out, err := p.source.Command(ctx, "tool", "go.etcd.io/gofail", "enable", ".").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: bbolt's failpoints: %w\n%s", p.name, err, out)
	}
	s := &suite{Program: p.name, Command: "go " + strings.Join(args, " "), Failed: []string{}}
	cmd := p.source.Command(ctx, append(slices.Clone(args), "-json", "-timeout", "20m")...)
	inGroup(cmd)
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	began := time.Now()
	out, err := cmd.Output()
	s.Took = time.Since(began)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %s: %w", p.name, s.Command, err)
	}
	if readErr := s.read(bytes.NewReader(out)); readErr != nil {
		return nil, fmt.Errorf("%s: %s: %w\n%s", p.name, s.Command, readErr, stderr.Bytes())
	}
	if s.Passed+len(s.Failed) == 0 || (err != nil) != (len(s.Failed) > 0) {
		return nil, fmt.Errorf("%s: %s: passed %d tests, failed %d: %v\n%s", p.name, s.Command, s.Passed, len(s.Failed), err, stderr.Bytes())
	}
	return s, nil
}

// read reads what go test -json prints.
func (s *suite) read(r io.Reader) error {
	failedIn := map[string]bool{} // packages with tests that have failed
	events := json.NewDecoder(r)
	for {
		var e struct{ Action, Package, Test string }
		if err := events.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if strings.Contains(e.Test, "/") {
			continue
		}
		switch {
		case e.Action == "pass" && e.Test != "":
			s.Passed++
		case e.Action == "skip" && e.Test != "":
			s.Skipped++
		case e.Action == "fail" && e.Test != "":
			s.Failed = append(s.Failed, e.Package+" "+e.Test)
			failedIn[e.Package] = true
		case e.Action == "fail" && !failedIn[e.Package]:
			s.Failed = append(s.Failed, e.Package)
		}
	}
}

// verdict says it in a few words.
func (s *suite) verdict() string {
	text := fmt.Sprintf("%d passed", s.Passed)
	if len(s.Failed) > 0 {
		text = fmt.Sprintf("%d FAILED, ", len(s.Failed)) + text
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	return text + fmt.Sprintf(", %.0f s", s.Took.Seconds())
}

// worse returns the tests that fail in the patched copy, and not in the original.
func worse(suites []*suite) (tests []string) {
	for i := 0; i+1 < len(suites); i += 2 {
		for _, name := range suites[i+1].Failed {
			if !slices.Contains(suites[i].Failed, name) {
				tests = append(tests, name)
			}
		}
	}
	return tests
}
