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
)

// A hunt looks for those who notice mutants.
type hunt struct {
	ctx      context.Context
	progress io.Writer
	short    bool
	catch    time.Duration
	timeout  time.Duration

	source string // of the library
	folder string
}

// all prints who notices each mutant, and returns those that nobody notices.
func (h *hunt) all(mutants []mutant.Mutant, stdout io.Writer) (survivors []string, err error) {
	if h.source, err = mutant.Source(h.ctx); err != nil {
		return nil, err
	}
	folder, remove, err := command.WorkFolder(os.TempDir(), "mutation")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	h.folder = folder
	for _, m := range mutants {
		begun := time.Now()
		who, err := h.one(m)
		if err != nil {
			return nil, err
		}
		if who == "" {
			survivors = append(survivors, m.Name)
			who = "SURVIVES"
		}
		fmt.Fprintf(stdout, "%-28s %4.0f s  %-60s %s\n", m.Name, time.Since(begun).Seconds(), who, m.Rule)
	}
	return survivors, nil
}

// one returns who notices the mutant, or "".
func (h *hunt) one(m mutant.Mutant) (who string, err error) {
	flags, err := m.Flags(h.source, h.folder)
	if err != nil {
		return "", err
	}
	if m.Target != "" {
		if who, err := h.interleave(m, flags, false); who != "" || err != nil {
			return who, err
		}
	}
	for _, pkg := range packages(m) {
		if who, err := h.test(pkg, flags); who != "" || err != nil {
			return who, err
		}
	}
	for _, typ := range types(m) {
		if who, err := h.torture(typ, m.Name, flags); who != "" || err != nil {
			return who, err
		}
	}
	if m.Model != "" {
		return "model: " + m.Model, nil
	}
	if m.Target != "" {
		return h.interleave(m, flags, true)
	}
	return "", nil
}

// interleave runs the fuzz test's inputs, or looks for new ones with search, and returns what notices, or "".
func (h *hunt) interleave(m mutant.Mutant, flags []string, search bool) (who string, err error) {
	pkg := "hazptr/" + path.Dir(m.File)
	switch {
	case m.Target == "FuzzProtect":
		pkg = "hazptr"
	case path.Dir(m.File) == "internal/grace":
		pkg = "hazptr/srcu"
	}
	args := append([]string{"test", "-count=1", "-timeout", h.timeout.String(), "-tags", "hazptr_yield"}, flags...)
	if search {
		// What is found in a library that is broken on purpose does not belong beside what was found in it.
		inputs := filepath.Join(h.source, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(pkg, "hazptr"), "/")), "testdata", "fuzz", m.Target)
		known := files(inputs)
		defer func() {
			for name := range files(inputs) {
				if !known[name] {
					os.Remove(filepath.Join(inputs, name))
				}
			}
		}()
		args = append(args, "-run", "^$", "-fuzz", "^"+m.Target+"$", "-fuzztime", "100000x", "-fuzzminimizetime", "5s", "-test.fuzzcachedir="+filepath.Join(h.folder, "fuzz"))
	} else {
		args = append(args, "-run", "^"+m.Target+"$")
	}
	test := command.Child(h.ctx, "go", append(args, pkg)...)
	test.Dir = h.source
	out, err := test.CombinedOutput()
	switch {
	case h.ctx.Err() != nil:
		return "", h.ctx.Err()
	case err == nil:
		return "", nil
	case noBuild.Match(out):
		return "", fmt.Errorf("%s does not build with the mutant:\n%s", pkg, out)
	case search:
		if !foundInput.Match(out) {
			return "", fmt.Errorf("looking for inputs for %s:\n%s", m.Target, out)
		}
		return pkg + ": " + m.Target + ", looked for among 100,000 inputs", nil
	}
	input := ""
	if found := failedInput.FindSubmatch(out); found != nil {
		input = "/" + string(found[1])
	}
	return pkg + ": " + m.Target + input, nil
}

// files returns the names of a folder's files.
func files(folder string) map[string]bool {
	names := make(map[string]bool)
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
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
	case "rcu", "srcu", "cachedref", "gate":
		return []string{path.Dir(m.File)}
	case "percpuref":
		return []string{"percpu_ref"}
	}
	return []string{"hazptr", "hazptr-guard", "hazptr-inline", "hazptr-sync"}
}

var (
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	failedInput = regexp.MustCompile(`(?m)^\s+--- FAIL: Fuzz\w+/(\S+)`)
	died        = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*`)
	foundInput  = regexp.MustCompile(`(?m)^\s+Failing input written to `)
	noBuild     = regexp.MustCompile(`(?m)^FAIL\s+\S+ \[(build|setup) failed\]`)
)

// test runs a package's tests, and returns which of them notices, or "".
func (h *hunt) test(pkg string, flags []string) (who string, err error) {
	args := append([]string{"test", "-count=1", "-failfast", "-timeout", h.timeout.String()}, flags...)
	if h.short {
		args = append(args, "-short")
	}
	test := command.Child(h.ctx, "go", append(args, pkg)...)
	test.Dir = h.source
	out, err := test.CombinedOutput()
	switch {
	case h.ctx.Err() != nil:
		return "", h.ctx.Err()
	case err == nil:
		return "", nil
	case noBuild.Match(out):
		return "", fmt.Errorf("%s does not build with the mutant:\n%s", pkg, out)
	}
	if found := failedTest.FindSubmatch(out); found != nil {
		return pkg + ": " + string(found[1]), nil
	}
	return pkg + ": " + strings.TrimSpace(string(died.Find(out))), nil
}

// torture runs reftorture's type, and returns what it notices, or "".
func (h *hunt) torture(typ, name string, flags []string) (who string, err error) {
	program := filepath.Join(h.folder, name)
	build := command.Child(h.ctx, "go", append(append([]string{"build", "-o", program}, flags...), "hazptr/tools/reftorture")...)
	build.Dir = h.source
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	defer os.Remove(program)
	run := command.Program(h.ctx, program, "-type", typ, "-duration", h.catch.String(), "-stat-interval", "0s", "-json")
	out, err := run.Output()
	if h.ctx.Err() != nil {
		return "", h.ctx.Err()
	}
	if err == nil {
		return "", nil
	}
	var outcomes []struct {
		Runs []struct {
			Failures []struct{ Kind string }
		}
	}
	kind := "?"
	if json.Unmarshal(out, &outcomes) == nil {
		for _, o := range outcomes {
			for _, r := range o.Runs {
				for _, f := range r.Failures {
					kind = f.Kind
				}
			}
		}
	}
	return fmt.Sprintf("reftorture -type %s: %s", typ, kind), nil
}
