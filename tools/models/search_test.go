package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long one search may take.
const patience = time.Minute

// search makes pan, the verifier, in the folder and returns its report. With a
// mutant's name it is the search that must refute it.
func (m *model) search(ctx context.Context, folder string, r *run, mutant string) (string, error) {
	path, err := filepath.Abs(m.path)
	if err != nil {
		return "", err
	}
	spin, pan, level := slices.Concat([]string{"-a"}, r.spin), slices.Clone(r.pan), "-O2"
	if mutant != "" {
		// To refute is quick: then the compiler takes longer than the search,
		// and the memory for states is most of that.
		spin, pan, level = append(spin, "-D"+mutant), append(pan, "-w20"), "-O0"
	}
	for _, words := range [][]string{
		append(append([]string{"spin"}, spin...), path),
		slices.Concat([]string{"gcc", level, "-w", "-DMEMLIM=1000"}, r.gcc, []string{"-o", "pan", "pan.c"}),
	} {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir = folder
		if said, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, said)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "pan"), pan...)
	cmd.Dir = folder
	// That it has found an error is no error of ours.
	said, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return "", err
	}
	return string(said), nil
}

var (
	noErrors   = regexp.MustCompile(`(?m)errors: 0$`)
	incomplete = regexp.MustCompile(`max search depth too small|Search not completed|MEMLIM|out of memory`)
	unreached  = regexp.MustCompile(`(?m)^\t.*:(\d+), state \d+, "(.*)"$`)
	found      = regexp.MustCompile(`(?m)^pan:1: .*$`)
)

// holds returns an error unless the report is of a complete search that found
// no error and reached each statement that is not marked "unreached".
// One that is never reached proves nothing.
func (m *model) holds(report string) error {
	if !noErrors.MatchString(report) || incomplete.MatchString(report) {
		return fmt.Errorf("an error, or an incomplete search\n%s", report)
	}
	text, err := os.ReadFile(m.path)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	var never []string
	for _, match := range unreached.FindAllStringSubmatch(report, -1) {
		number, err := strconv.Atoi(match[1])
		if err != nil || number > len(lines) {
			return fmt.Errorf("no line %s", match[1])
		}
		if line := lines[number-1]; match[2] != "-end-" && !strings.Contains(line, "unreached") {
			never = append(never, fmt.Sprintf("%d: %s", number, strings.TrimSpace(line)))
		}
	}
	if len(never) > 0 {
		return fmt.Errorf("never reached:\n%s", strings.Join(never, "\n"))
	}
	return nil
}

// refutes returns an error unless the report is of an error for the reason
// given.
func refutes(report, reason string) error {
	switch errors := found.FindString(report); {
	case errors == "":
		return fmt.Errorf("not refuted\n%s", report)
	case !strings.Contains(errors, reason):
		return fmt.Errorf("refuted by %s, not by %s", errors, reason)
	}
	return nil
}

var costs = regexp.MustCompile(`(\d+) states, stored|([\d.]+)\s+total actual memory|elapsed time ([\d.]+)`)

// cost tells a search's in a few words.
func cost(report string) string {
	var states, memory, elapsed string
	for _, match := range costs.FindAllStringSubmatch(report, -1) {
		states, memory, elapsed = states+match[1], memory+match[2], elapsed+match[3]
	}
	return fmt.Sprintf("%s states, %s MB, %s s", states, memory, elapsed)
}

// A report that shows less than is claimed must be noticed.
func TestReports(t *testing.T) {
	m := &model{path: write(t, "byte x;", "x = 1;", "x = 2; // unreached: here", "")}
	for report, want := range map[string]string{
		"errors: 0\n": "",
		"errors: 0\n\tx.pml:3, state 7, \"x = 2\"\n\tx.pml:4, state 9, \"-end-\"\n": "",
		"errors: 0\n\tx.pml:2, state 7, \"x = 1\"\n":                                "never reached:\n2: x = 1;",
		"errors: 1\n": "an error, or an incomplete search",
		"errors: 0\nerror: max search depth too small": "incomplete",
		"": "incomplete",
	} {
		if err := m.holds(report); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", report, err, want)
		}
	}
	for report, want := range map[string]string{
		"pan:1: assertion violated (x==1) (at depth 4)\n": "",
		"pan:1: acceptance cycle (at depth 4)\n":          "not by x==1",
		"errors: 0\n":                                     "not refuted",
	} {
		if err := refutes(report, "x==1"); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", report, err, want)
		}
	}
	const report = "   12 states, stored\n    3.5\ttotal actual memory usage\npan: elapsed time 0.25 seconds\n"
	if got := cost(report); got != "12 states, 3.5 MB, 0.25 s" {
		t.Errorf("%q", got)
	}
}
