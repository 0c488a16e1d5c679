package pair

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
)

// A Suite is what a module's own tests say of a copy of it.
type Suite struct {
	Program string `json:"program"` // the copy's name
	Command string `json:"command"`
	Passed  int    `json:"passed"` // tests, without their subtests
	Skipped int    `json:"skipped"`

	// Tests, and packages that fail otherwise.
	Failed []string `json:"failed"`

	Took time.Duration `json:"took_ns"`
}

// Test runs tests that the copy has, with go test's args.
func (c *Copy) Test(ctx context.Context, args ...string) (*Suite, error) {
	args = append([]string{"test"}, args...)
	s := &Suite{Program: c.Name, Command: "go " + strings.Join(args, " "), Failed: []string{}}
	cmd := c.Source.Command(ctx, append(args, "-json", "-timeout", "20m")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	began := time.Now()
	out, err := cmd.Output()
	s.Took = time.Since(began)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %s: %w", s.Program, s.Command, err)
	}
	if readErr := s.read(bytes.NewReader(out)); readErr != nil {
		return nil, fmt.Errorf("%s: %s: %w\n%s", s.Program, s.Command, readErr, stderr.Bytes())
	}
	if s.Passed+len(s.Failed) == 0 || (err != nil) != (len(s.Failed) > 0) {
		return nil, fmt.Errorf("%s: %s: passed %d tests, failed %d: %v\n%s", s.Program, s.Command, s.Passed, len(s.Failed), err, stderr.Bytes())
	}
	return s, nil
}

// read reads what go test -json prints.
func (s *Suite) read(r io.Reader) error {
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

// Verdict says it in a few words.
func (s *Suite) Verdict() string {
	text := fmt.Sprintf("%d passed", s.Passed)
	if len(s.Failed) > 0 {
		text = fmt.Sprintf("%d FAILED, ", len(s.Failed)) + text
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	return text + fmt.Sprintf(", %.0f s", s.Took.Seconds())
}

// Suites are those of all copies, the original's first, once or more.
type Suites []*Suite

// Worse returns the tests that fail in a patched copy, and not in the original
// before it.
func (all Suites) Worse() (tests []string) {
	var original *Suite
	for _, s := range all {
		if s.Program == all[0].Program {
			original = s
			continue
		}
		for _, name := range s.Failed {
			if !slices.Contains(original.Failed, name) {
				tests = append(tests, name)
			}
		}
	}
	return tests
}

// String says what the suites say, in lines.
func (all Suites) String() string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%s, %s: %s\n", s.Command, s.Program, s.Verdict())
		for _, name := range s.Failed {
			fmt.Fprintf(&b, "    fails: %s\n", name)
		}
	}
	return b.String()
}

// Err is the tests of a program's that are Worse.
func (all Suites) Err(program string) error {
	if tests := all.Worse(); len(tests) > 0 {
		return fmt.Errorf("tests of %s's that fail in a patched copy, and not in the original: %s", program, strings.Join(tests, ", "))
	}
	return nil
}
