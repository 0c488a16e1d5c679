// Package models has the Spin models of the library verified: each of a model's
// runs must be complete and find no error, and each of its mutants must be
// refuted for the reason that it gives. CONTRIBUTING.md tells how a model says
// what its runs and mutants are.
package models

import (
	"fmt"
	"os"
	"strings"
)

// A model is a file in Promela, and what its first comment asks for.
type model struct {
	path string
	runs []run
}

// A run is one search, which must find no error.
type run struct {
	text           string // as the model says it
	spin, gcc, pan []string
	mutants        []mutant
}

// A mutant is a preprocessor symbol that breaks a rule of the model. The search
// of the run above it must then find the error that reason names.
type mutant struct{ name, reason string }

// read returns the model in the file.
func read(path string) (*model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &model{path: path}
	for number, line := range strings.Split(string(text), "\n") {
		fail := func(want string) error { return fmt.Errorf("%s:%d: %q: want %s", path, number+1, line, want) }
		if options, ok := strings.CutPrefix(line, "// run: "); ok {
			r, ok := parseRun(options)
			if !ok {
				return nil, fail("spin, gcc and pan with their options, with semicolons between")
			}
			m.runs = append(m.runs, r)
		} else if text, ok := strings.CutPrefix(line, "// mutant "); ok {
			name, text, named := strings.Cut(text, ": ")
			at := strings.LastIndex(text, " -> ")
			if !named || at < 0 || len(m.runs) == 0 {
				return nil, fail("a run above, and NAME: RULE -> REASON")
			}
			last := &m.runs[len(m.runs)-1]
			last.mutants = append(last.mutants, mutant{name, text[at+len(" -> "):]})
		}
	}
	mutants := 0
	for _, r := range m.runs {
		mutants += len(r.mutants)
	}
	if mutants == 0 {
		return nil, fmt.Errorf("%s: has %d runs and no mutant; a model needs one of each", path, len(m.runs))
	}
	return m, nil
}

func parseRun(options string) (run, bool) {
	r := run{text: options}
	for part := range strings.SplitSeq(options, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			return r, false
		}
		switch words[0] {
		case "spin":
			r.spin = words[1:]
		case "gcc":
			r.gcc = words[1:]
		case "pan":
			r.pan = words[1:]
		default:
			return r, false
		}
	}
	return r, true
}
