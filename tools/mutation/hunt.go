package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/mutant"
	"hazptr/tools/internal/program"
)

// A hunt looks for what notices mutants.
type hunt struct {
	*options
	ctx    context.Context
	source string // of the library
	folder string // for what is built
}

// find prints what notices each mutant. It returns an error if nothing notices
// one.
func find(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	h := &hunt{options: o, ctx: ctx}
	if h.source, err = mutant.Source(ctx); err != nil {
		return err
	}
	folder, remove, err := command.WorkFolder(os.TempDir(), "mutation")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	h.folder = folder
	bar := program.NewBar(stderr, len(o.Mutants))
	defer bar.Clear()
	t := newTable()
	var survivors []string
	for _, m := range o.Mutants {
		begun := time.Now()
		bar.Describe(m.Name)
		found, err := h.one(m)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			survivors = append(survivors, m.Name)
		}
		bar.Clear()
		if o.Every {
			t.AppendRow(row(m, found))
		} else {
			fmt.Fprintf(stdout, "%-28s %4.0f s  %-60s %s\n", m.Name, time.Since(begun).Seconds(), first(found), m.Rule)
		}
		bar.Step()
	}
	bar.Clear()
	if o.Every {
		fmt.Fprintln(stdout, t.Render())
	}
	if len(survivors) > 0 {
		return fmt.Errorf("%d of %d survive: %s", len(survivors), len(o.Mutants), strings.Join(survivors, ", "))
	}
	_, err = fmt.Fprintf(stdout, "\nnone of %d survives\n", len(o.Mutants))
	return err
}

// The kinds of what may notice a mutant, in the order in which they are asked.
const (
	byFuzzing  = "fuzzing"
	byTests    = "tests"
	byTorture  = "torture"
	byModel    = "model"
	byScenario = "scenario"
)

var kinds = []string{byFuzzing, byTests, byTorture, byModel, byScenario}

// first returns what of the first kind has noticed a mutant.
func first(found map[string]string) string {
	for _, kind := range kinds {
		if by := found[kind]; by != "" {
			return by
		}
	}
	return "SURVIVES"
}

// one returns what notices the mutant, by kind: of the first kind that does, or
// of every one.
func (h *hunt) one(m mutant.Mutant) (found map[string]string, err error) {
	flags, err := m.Flags(h.source, h.folder)
	if err != nil {
		return nil, err
	}
	found = make(map[string]string)
	for _, kind := range kinds {
		by, err := h.ask(kind, m, flags)
		if err != nil {
			return nil, err
		}
		if by != "" {
			found[kind] = by
			if !h.Every {
				return found, nil
			}
		}
	}
	if m.Target != "" && found[byFuzzing] == "" {
		by, err := h.interleave(m, flags, true)
		if err != nil {
			return nil, err
		}
		if by != "" {
			found[byFuzzing] = by
		}
	}
	return found, nil
}

// ask returns what of a kind notices the mutant, or "".
func (h *hunt) ask(kind string, m mutant.Mutant, flags []string) (found string, err error) {
	switch kind {
	case byFuzzing:
		if m.Target != "" {
			return h.interleave(m, flags, false)
		}
	case byTests:
		for _, pkg := range packages(m) {
			if found, err := h.test(pkg, flags); found != "" || err != nil {
				return found, err
			}
		}
	case byTorture:
		torturer, err := mutant.Build(h.ctx, h.source, filepath.Join(h.folder, m.Name), "hazptr/tools/reftorture", flags...)
		if err != nil {
			return "", err
		}
		defer os.Remove(torturer)
		for _, typ := range types(m) {
			if found, err := h.torture(torturer, typ); found != "" || err != nil {
				return found, err
			}
		}
	case byModel:
		if m.Model != "" {
			return "model: " + m.Model, nil
		}
	case byScenario:
		if m.Scenario != "" {
			return "scenario: " + m.Scenario, nil
		}
	}
	return "", nil
}

// interleave runs the fuzz test's inputs, or looks for new ones with search,
// and returns what notices, or "".
func (h *hunt) interleave(m mutant.Mutant, flags []string, search bool) (found string, err error) {
	pkg := "hazptr/" + path.Dir(m.File)
	args := append([]string{"-tags", "hazptr_yield"}, flags...)
	if search {
		args = append(args, "-run", "^$", "-fuzz", "^"+m.Target+"$", "-fuzztime", "100000x", "-fuzzminimizetime", "5s", "-test.fuzzcachedir="+filepath.Join(h.folder, "fuzz"))
	} else {
		args = append(args, "-run", "^"+m.Target+"$")
	}
	out, failed, err := h.goTest(pkg, args...)
	switch {
	case !failed || err != nil:
		return "", err
	case search:
		written := foundInput.FindSubmatch(out)
		if written == nil {
			return "", fmt.Errorf("looking for inputs for %s:\n%s", m.Target, out)
		}
		// What is found in a library that is broken on purpose does not belong
		// beside what was found in it.
		if err := os.Remove(filepath.Join(h.source, strings.TrimPrefix(pkg, "hazptr"), string(written[1]))); err != nil {
			return "", err
		}
		return pkg + ": " + m.Target + ", looked for among 100,000 inputs", nil
	}
	input := ""
	if name := failedInput.FindSubmatch(out); name != nil {
		input = "/" + string(name[1])
	}
	return pkg + ": " + m.Target + input, nil
}

// packages returns the packages whose tests are to notice.
func packages(m mutant.Mutant) []string {
	switch folder := path.Dir(m.File); {
	case m.Tag != "":
		return []string{"hazptr"}
	case folder == "internal/grace":
		return []string{"hazptr/internal/grace", "hazptr/rcu", "hazptr/srcu", "hazptr/tools/conformance"}
	case folder == "internal/fence":
		return []string{"hazptr/internal/fence", "hazptr", "hazptr/rcu", "hazptr/srcu", "hazptr/percpuref", "hazptr/gate"}
	case strings.HasPrefix(folder, "internal/explore"):
		return []string{"hazptr/internal/explore"}
	case folder == ".":
		return []string{"hazptr", "hazptr/tools/conformance"}
	case folder == "internal/hazard" || folder == "internal/reclaim":
		return []string{"hazptr/" + folder, "hazptr", "hazptr/tools/conformance"}
	default:
		return []string{"hazptr/" + folder, "hazptr/tools/conformance"}
	}
}

// types returns the types of reftorture that are to notice.
func types(m mutant.Mutant) []string {
	switch path.Dir(m.File) {
	case "internal/grace":
		return []string{"rcu", "srcu"}
	case "rcu", "srcu", "cachedref", "gate", "live", "mapped":
		return []string{path.Dir(m.File)}
	case "percpuref":
		return []string{"percpu_ref"}
	}
	return []string{"hazptr", "hazptr-guard", "hazptr-inline", "hazptr-sync"}
}

var (
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	failedInput = regexp.MustCompile(`(?m)^\s+--- FAIL: Fuzz\w+/(\S+)`)
	foundInput  = regexp.MustCompile(`(?m)^\s+Failing input written to (\S+)`)
	noBuild     = regexp.MustCompile(`(?m)^FAIL\s+\S+ \[(build|setup) failed\]`)
)

// test runs a package's tests, and returns which of them notices, or "".
func (h *hunt) test(pkg string, flags []string) (found string, err error) {
	args := append([]string{"-failfast"}, flags...)
	if h.Short {
		args = append(args, "-short")
	}
	out, failed, err := h.goTest(pkg, args...)
	if !failed || err != nil {
		return "", err
	}
	if test := failedTest.FindSubmatch(out); test != nil {
		return pkg + ": " + string(test[1]), nil
	}
	return pkg + ": " + mutant.Why(string(out)), nil
}

// goTest reports whether a package's tests have failed. It is an error if they
// do not build.
func (h *hunt) goTest(pkg string, args ...string) (out []byte, failed bool, err error) {
	args = append([]string{"test", "-count=1", "-timeout", h.Timeout.String(), pkg}, args...)
	out, err = mutant.Go(h.ctx, h.source, args...)
	switch {
	case h.ctx.Err() != nil:
		return nil, false, h.ctx.Err()
	case noBuild.Match(out):
		return nil, false, fmt.Errorf("%s does not build with the mutant:\n%s", pkg, out)
	}
	return out, err != nil, nil
}

// torture runs a type of reftorture, and returns what it notices, or "".
func (h *hunt) torture(program, typ string) (found string, err error) {
	var problems strings.Builder
	cmd := command.Program(h.ctx, program, "-type", typ, "-duration", h.Catch.String(), "-stat-interval", "0s", "-json")
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if h.ctx.Err() != nil || err == nil {
		return "", h.ctx.Err()
	}
	var outcomes []struct {
		Runs []struct {
			Failures []struct{ Kind string }
		}
	}
	kind := ""
	if json.Unmarshal(out, &outcomes) == nil {
		for _, o := range outcomes {
			for _, r := range o.Runs {
				for _, f := range r.Failures {
					kind = f.Kind
				}
			}
		}
	}
	if kind == "" { // it has not got as far as to notice
		return "", fmt.Errorf("reftorture -type %s: %w\n%s%s", typ, err, out, &problems)
	}
	return fmt.Sprintf("reftorture -type %s: %s", typ, kind), nil
}
