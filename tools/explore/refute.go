package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"hazptr/internal/explore/scenario"
	"hazptr/tools/internal/mutant"
	"hazptr/tools/internal/program"
)

// mutants are some of the mutants that have a scenario.
type mutants []mutant.Mutant

// UnmarshalText reads names with commas between, or "all".
func (ms *mutants) UnmarshalText(text []byte) error {
	*ms = nil
	if string(text) == "all" {
		for _, m := range mutant.All {
			if m.Scenario != "" {
				*ms = append(*ms, m)
			}
		}
		return nil
	}
	for name := range strings.SplitSeq(string(text), ",") {
		m, err := mutant.Named(strings.TrimSpace(name))
		switch {
		case err != nil:
			return fmt.Errorf("%w; mutation -list prints them", err)
		case m.Scenario == "":
			return fmt.Errorf("the mutant %s has no scenario", m.Name)
		}
		*ms = append(*ms, m)
	}
	return nil
}

// refute has each mutant refuted by its scenario. It returns an error if one is
// not.
func refute(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	source, folder, remove, err := places(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	bar := program.NewBar(stderr, len(o.Mutants))
	found, err := inParallel(ctx, o.processes(), len(o.Mutants), bar, func(ctx context.Context, i int) (run, error) {
		return refuteOne(ctx, source, filepath.Join(folder, o.Mutants[i].Name), o.Mutants[i], o.Within)
	})
	if err != nil {
		return err
	}
	t := newTable([]string{"mutant", "refuted by", "the rule that it breaks", "also refuted by"}, "mutant", "refuted by", "executions", "time", "the rule that it breaks", "also refuted by")
	survive := 0
	for i, m := range o.Mutants {
		r := found[i]
		n := slices.IndexFunc(r.scenarios, func(s scenario.Explored) bool { return s.Failure != nil })
		if n < 0 {
			survive++
			verdict := "SURVIVES"
			if r.failed {
				verdict = "NO STORY"
				fmt.Fprintf(stdout, "%s: the test fails otherwise:\n%s\n", m.Name, r.output[max(0, len(r.output)-2000):])
			}
			t.AppendRow(table.Row{m.Name, verdict, "", "", m.Rule})
			continue
		}
		last := r.scenarios[n]
		t.AppendRow(table.Row{m.Name, plain(r.pkg, last.Scenario), last.Failure.After, rounded(last.Took), m.Rule, others(m)})
		if o.Story {
			fmt.Fprintf(stdout, "%s: %s\n%s\n", m.Name, m.Rule, last.Failure)
		}
	}
	fmt.Fprintln(stdout, t.Render())
	if survive > 0 {
		return fmt.Errorf("%d of %d mutants survive", survive, len(o.Mutants))
	}
	return nil
}

// refuteOne runs the scenario of one mutant.
func refuteOne(ctx context.Context, source, folder string, m mutant.Mutant, within time.Duration) (r run, err error) {
	defer os.RemoveAll(folder)
	if _, err := m.Text(source); err != nil {
		return r, err
	}
	b, err := newBuild(source, folder, m.Change())
	if err != nil {
		return r, err
	}
	pkg, name, _ := strings.Cut(m.Scenario, " ")
	path, err := b.program(ctx, pkg)
	if err != nil {
		return r, err
	}
	return test{pkg, path, name}.run(ctx, "^"+name+"$", "-test.failfast", "-explore.within", within.String())
}

// others returns what else refutes the mutant.
func others(m mutant.Mutant) string {
	var all []string
	if m.Target != "" {
		all = append(all, m.Target)
	}
	if m.Model != "" {
		all = append(all, m.Model)
	}
	return strings.Join(all, ", ")
}
