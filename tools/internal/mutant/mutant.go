// Package mutant breaks rules of the library on purpose, one at a time, in a
// build of its own: the tests and tools that are to show that the rules are
// kept must notice.
package mutant

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
)

// A Mutant is the library with a line changed, or built with a tag.
type Mutant struct {
	Name string
	Rule string // that it breaks
	Tag  string // if it is not "", nothing is changed
	// Ordering says that the rule is of an order that goroutines see: a fence,
	// two steps the other way round, a look that is left out or comes too
	// early.
	Ordering bool

	// Race has it built with the race detector, which compiles other files or
	// notices what no test does.
	Race bool

	// Target is the fuzz test of the file's package, or of the packages that
	// stand on it, whose inputs refute it when goroutines are interleaved; ""
	// if none does. An input that does is named after it.
	Target string

	// Scenario is the one that refutes it when it is explored, "" if none does:
	// a package's folder and a test in it.
	Scenario string

	// Model is where a Spin model refutes it, "" if none does: some orders are
	// too rare to be seen.
	Model string

	File string // in the library's folder
	Old  string // occurs once in the file
	New  string
}

// Flags returns what the go command needs to build the mutant. It may write
// files into the folder.
func (m Mutant) Flags(source, folder string) ([]string, error) {
	if m.Tag != "" {
		return []string{"-tags", m.Tag}, nil
	}
	text, err := m.Text(source)
	if err != nil {
		return nil, err
	}
	changed := filepath.Join(folder, m.Name+".go")
	overlay := filepath.Join(folder, m.Name+".json")
	replace := map[string]map[string]string{"Replace": {filepath.Join(source, filepath.FromSlash(m.File)): changed}}
	list, err := json.Marshal(replace)
	if err == nil {
		err = os.WriteFile(changed, []byte(text), 0o644)
	}
	if err == nil {
		err = os.WriteFile(overlay, list, 0o644)
	}
	flags := []string{"-overlay", overlay}
	if m.Race {
		flags = append(flags, "-race")
	}
	return flags, err
}

// Source returns the folder of the library's source, which mutants are built
// from.
func Source(ctx context.Context) (string, error) {
	out, err := command.Child(ctx, "go", "list", "-f", "{{.Dir}}", "hazptr").Output()
	if err != nil {
		text := err.Error()
		if exit, ok := err.(*exec.ExitError); ok {
			text = strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("the library's source, which mutants are built from, cannot be found: %s; run this in a checkout of hazptr, with the go command in PATH", text)
	}
	return strings.TrimSpace(string(out)), nil
}

// Text returns the changed file. It fails if the line is not there any more, or
// more than once.
func (m Mutant) Text(source string) (string, error) {
	path := filepath.Join(source, filepath.FromSlash(m.File))
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	if n := strings.Count(string(text), m.Old); n != 1 {
		return "", fmt.Errorf("mutant %s no longer fits: %s has this %d times, want once:\n%s", m.Name, path, n, m.Old)
	}
	return strings.Replace(string(text), m.Old, m.New, 1), nil
}

// Change returns a function that changes the text of the file whose path, below
// the library's folder, is the mutant's.
func (m Mutant) Change() func(path, text string) string {
	return func(path, text string) string {
		if path != m.File {
			return text
		}
		return strings.Replace(text, m.Old, m.New, 1)
	}
}
