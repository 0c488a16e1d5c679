// Mutation breaks the library's rules one by one, and looks whether a test or reftorture notices: a rule that nothing notices the loss of is one that nobody keeps.
//
//	go run ./tools/mutation -h
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/mutant"
)

func main() { command.Main(program) }

const explanation = `Mutation changes a line of the library that its correctness hangs on, one at a
time, in a build of its own, and looks who notices: first the fuzz test that is
made for it, if there is one, then the package's tests, the conformance tests,
the type of reftorture that uses the line, and the Spin models, which .ci/run
verifies. A mutant that nobody notices survives, and the status is 1.

usage: mutation [flags]

  -mutants LIST   names, separated by commas; all: every one (all)
  -list           print the mutants and the rules that they break
  -short          run the tests with -short
  -catch TIME     how long reftorture may take (20s)
  -timeout TIME   how long a package's tests may take; tests that hang have
                  noticed, too (3m0s)
  -h              this text

It is run in a checkout, and needs the go command. All of it takes an hour or so
of two cores: most mutants are noticed within seconds, some by tests that wait
for what never comes.
`

// program returns the exit status.
func program(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("mutation", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	names := flags.String("mutants", "all", "")
	list := flags.Bool("list", false, "")
	h := &hunt{ctx: ctx, progress: stderr}
	flags.BoolVar(&h.short, "short", false, "")
	flags.DurationVar(&h.catch, "catch", 20*time.Second, "")
	flags.DurationVar(&h.timeout, "timeout", 3*time.Minute, "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, explanation)
		return 0
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; all options are flags", flags.Arg(0))
	}
	if err == nil && (h.catch < time.Second || h.timeout < time.Second) {
		err = errors.New("-catch and -timeout must be 1s or more")
	}
	var chosen []mutant.Mutant
	if err == nil {
		chosen, err = choose(*names)
	}
	if err != nil {
		fmt.Fprintf(stderr, "mutation: %v\nmutation -h explains the flags\n", err)
		return 2
	}
	if *list {
		for _, m := range chosen {
			fmt.Fprintf(stdout, "%-28s %s\n", m.Name, m.Rule)
		}
		return 0
	}
	survivors, err := h.all(chosen, stdout)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "mutation: interrupted")
		return command.Interrupted
	case err != nil:
		fmt.Fprintln(stderr, "mutation:", err)
		return 1
	case len(survivors) > 0:
		fmt.Fprintf(stdout, "\n%d of %d survive: %s\n", len(survivors), len(chosen), strings.Join(survivors, ", "))
		return 1
	}
	fmt.Fprintf(stdout, "\nnone of %d survives\n", len(chosen))
	return 0
}

func choose(list string) (chosen []mutant.Mutant, err error) {
	if list == "all" {
		return mutant.All, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		m, err := mutant.Named(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("-mutants: %w; -list prints them", err)
		}
		chosen = append(chosen, m)
	}
	return chosen, nil
}
