package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"hazptr/internal/command"
	"hazptr/internal/explore/overlay"
	"hazptr/tools/internal/mutant"
	"hazptr/tools/internal/program"
)

// explore explores the scenarios that are asked for. It returns an error if one
// comes to a wrong end.
func explore(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	source, folder, remove, err := places(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	b, err := newBuild(source, folder, nil)
	if err != nil {
		return err
	}
	packages, err := overlay.Scenarios(source)
	if err != nil {
		return err
	}
	all, err := b.tests(ctx, packages)
	if err != nil {
		return err
	}
	chosen := o.Run.choose(all)
	if len(chosen) == 0 {
		return fmt.Errorf("-run %s: no test matches; there are %s", o.Run, names(all))
	}
	flags := []string{"-explore.within", o.Within.String()}
	if o.Story {
		flags = append(flags, "-explore.story")
	}
	if o.Order != "" {
		flags = append(flags, "-explore.order", o.Order)
	}
	bar := program.NewBar(stderr, len(chosen))
	runs, err := inParallel(ctx, o.processes(), len(chosen), bar, func(ctx context.Context, i int) (run, error) {
		return chosen[i].run(ctx, o.Run.of(chosen[i]), flags...)
	})
	if err != nil {
		return err
	}
	if n := repeated(runs); o.Order != "" && n != 1 {
		return fmt.Errorf("-order repeats an execution of one scenario, and -run %s chooses %d: name one, as in -run 'Retire/1 reader, 1 update, passes: 1'", o.Run, n)
	}
	failed := 0
	for _, r := range runs {
		if r.failed {
			failed++
		}
		if r.failed || o.Story || o.Order != "" {
			fmt.Fprintln(stdout, r.output)
		}
	}
	if o.Order == "" {
		fmt.Fprintln(stdout, explored(runs))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d tests fail", failed, len(runs))
	}
	return nil
}

// repeated returns how many scenarios tests have begun.
func repeated(runs []run) (n int) {
	for _, r := range runs {
		n += strings.Count(r.output, "=== RUN   "+r.name+"/")
	}
	return n
}

// places returns the folder of the library, and one for what is built, which
// remove removes.
func places(ctx context.Context) (source, folder string, remove func() error, err error) {
	if source, err = mutant.Source(ctx); err != nil {
		return "", "", nil, err
	}
	folder, remove, err = command.WorkFolder(os.TempDir(), "explore-*")
	return source, folder, remove, err
}

// inParallel calls do for each number below n, some at a time, and returns what
// it returns, in their order.
func inParallel[T any](ctx context.Context, some, n int, bar *program.Bar, do func(context.Context, int) (T, error)) ([]T, error) {
	defer bar.Clear()
	results := make([]T, n)
	done := make(chan struct{}, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(some)
	go func() {
		for i := range n {
			group.Go(func() (err error) {
				defer func() { done <- struct{}{} }()
				if err = ctx.Err(); err == nil {
					results[i], err = do(ctx, i)
				}
				return err
			})
		}
	}()
	for range n {
		<-done
		bar.Step()
	}
	return results, group.Wait()
}

// choose returns the tests whose names match.
func (p pattern) choose(all []test) (chosen []test) {
	name, _, _ := strings.Cut(string(p), "/")
	for _, t := range all {
		if matches(name, t.name) {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// of returns the pattern for a test that was chosen: it alone, and of its
// scenarios the ones that match.
func (p pattern) of(t test) string {
	only := "^" + t.name + "$"
	if _, part, several := strings.Cut(string(p), "/"); several {
		only += "/" + part
	}
	return only
}

func names(tests []test) string {
	var all []string
	for _, t := range tests {
		all = append(all, t.name)
	}
	return strings.Join(all, ", ")
}
