package main

import (
	"context"
	"fmt"
	"strings"

	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/suite"
)

// suites runs the tests that the options ask for.
func suites(ctx context.Context, o *options, programs []*program, bar *progress.Bar) ([]*suite.Suite, error) {
	var found []*suite.Suite
	for _, kind := range []struct {
		wanted bool
		args   []string
	}{
		{o.tests, []string{"test", "-short", "./..."}},
		{o.race, []string{"test", "-race", "-short", "./..."}},
	} {
		if !kind.wanted {
			continue
		}
		for _, p := range programs {
			bar.Describe(fmt.Sprintf("go %s, %s", strings.Join(kind.args, " "), p.name))
			s, err := p.test(ctx, kind.args)
			if err != nil {
				return nil, err
			}
			found = append(found, s)
			bar.Step(1)
		}
	}
	return found, nil
}

// test runs go test with bbolt's failpoints in the copy as its Makefile puts them in. The worker has none.
func (p *program) test(ctx context.Context, args []string) (*suite.Suite, error) {
	if out, err := p.source.Command(ctx, "tool", "go.etcd.io/gofail", "enable", ".").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: bbolt's failpoints: %w\n%s", p.name, err, out)
	}
	return suite.Run(ctx, p.name, p.source, args...)
}
