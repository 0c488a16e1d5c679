// Mutation breaks the library's rules one by one, and looks whether a test or
// reftorture notices: a rule that nothing notices the loss of is one that
// nothing keeps.
//
//	go run ./tools/mutation -h
package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr/tools/internal/mutant"
	"hazptr/tools/internal/program"
)

var mutation = program.Program[options]{
	Name: "mutation",
	Purpose: `Mutation breaks the library on purpose, one line at a time that its correctness
depends on, each in a build of its own, and reports what notices: first the fuzz
test that is made for it, if there is one, then the package's tests, the
conformance tests, the type of reftorture that uses the line, the Spin models
and the scenarios of tools/explore, which .ci/run verifies. A mutant that
nothing notices survives, and the status is 1.`,
	Examples: []string{
		"mutation",
		"mutation -list",
		"mutation -mutants nofence,reclaim-twice -short",
		"mutation -mutants ordering -every",
	},
	Details: `
It is run in a checkout, and needs the go command. All of it takes an hour or so
of two cores: most mutants are noticed within seconds, some by tests that wait
for what never comes.`,
	Do: func(ctx context.Context, o *options, stdout, stderr io.Writer) error {
		if o.List {
			return list(o.Mutants, stdout)
		}
		return find(ctx, o, stdout, stderr)
	},
}

func main() { mutation.Main() }

// options are the command line.
type options struct {
	Mutants mutants       `name:"mutants" default:"all" placeholder:"LIST" group:"Mutants:" help:"names, separated by commas; ordering: the ones that break an order which goroutines see (${default})"`
	List    bool          `name:"list" group:"Mutants:" help:"print the mutants and the rules that they break"`
	Every   bool          `name:"every" group:"Tests:" help:"go on when a mutant is noticed, and print what each kind of test notices"`
	Short   bool          `name:"short" group:"Tests:" help:"run the tests with -short"`
	Timeout time.Duration `name:"timeout" default:"3m" between:"1s,24h" group:"Tests:" help:"how long a package's tests may take; tests that hang count as having noticed"`
	Catch   time.Duration `name:"catch" default:"20s" between:"1s,1h" group:"Tests:" help:"how long reftorture may take"`
}

// mutants are some of all, in the order that they are asked for.
type mutants []mutant.Mutant

// UnmarshalText reads names with commas between, "all" or "ordering".
func (ms *mutants) UnmarshalText(text []byte) error {
	*ms = nil
	switch string(text) {
	case "all":
		*ms = mutant.All
		return nil
	case "ordering":
		for _, m := range mutant.All {
			if m.Ordering {
				*ms = append(*ms, m)
			}
		}
		return nil
	}
	for name := range strings.SplitSeq(string(text), ",") {
		m, err := mutant.Named(strings.TrimSpace(name))
		if err != nil {
			return fmt.Errorf("%w; -list prints them", err)
		}
		*ms = append(*ms, m)
	}
	return nil
}

func list(chosen mutants, w io.Writer) error {
	for _, m := range chosen {
		if _, err := fmt.Fprintf(w, "%-28s %s\n", m.Name, m.Rule); err != nil {
			return err
		}
	}
	return nil
}
