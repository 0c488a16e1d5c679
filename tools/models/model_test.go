package models

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// read returns the model in the file. The line of a run or a mutant goes on in
// the lines below it that begin with "//" and a tab.
func read(path string) (*model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &model{path: path}
	lines := strings.Split(string(text), "\n")
	for number, line := range lines {
		for _, next := range lines[number+1:] {
			more, ok := strings.CutPrefix(next, "//\t")
			if !ok {
				break
			}
			line += " " + more
		}
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

// write writes a model's first comment into a file.
func write(t *testing.T, lines ...string) string {
	path := filepath.Join(t.TempDir(), "x.pml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	m, err := read(write(t, "// run: gcc -DSAFETY; pan -n", "// mutant A: no fence -> x -> y!=0", "// run: spin -DL; pan -a -f", "byte x;"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.runs) != 2 || m.runs[0].mutants[0] != (mutant{"A", "y!=0"}) || m.runs[0].gcc[0] != "-DSAFETY" || len(m.runs[1].pan) != 2 || len(m.runs[1].gcc) != 0 {
		t.Errorf("%+v", m.runs)
	}
	m, err = read(write(t, "// run: spin -DL;", "//\tpan -a", "// mutant A: no", "//\tfence", "//\t-> y!=0", "//", "//\tx -> x!=0", "byte x;"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.runs) != 1 || len(m.runs[0].pan) != 1 || len(m.runs[0].mutants) != 1 || m.runs[0].mutants[0] != (mutant{"A", "y!=0"}) {
		t.Errorf("of lines that go on: %+v", m.runs)
	}
	for want, lines := range map[string][]string{
		"semicolons between": {"// run: cc -O2", "// mutant A: b -> c"},
		"a run above":        {"// mutant A: b -> c"},
		"NAME: RULE":         {"// run: gcc", "// mutant A"},
		"needs one of each":  {"// run: gcc"},
	} {
		if _, err := read(write(t, lines...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", lines, err, want)
		}
	}
}
