package main

import (
	"context"

	"hazptr/tools/loads/internal/pair"
)

// suites runs the tests that the options ask for, with bbolt's failpoints in the
// copies as its Makefile puts them in. The workers have none.
func suites(ctx context.Context, o *options, p *pair.Pair) (found pair.Suites, err error) {
	for _, kind := range []struct {
		wanted bool
		args   []string
	}{
		{o.Tests, []string{"-short", "./..."}},
		{o.Race, []string{"-race", "-short", "./..."}},
	} {
		if !kind.wanted {
			continue
		}
		for _, one := range p.Copies() {
			if err := failpoints(ctx, one); err != nil {
				return nil, err
			}
		}
		more, err := p.Suites(ctx, kind.args...)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

func failpoints(ctx context.Context, c *pair.Copy) error {
	_, err := c.Source.Go(ctx, "tool", "go.etcd.io/gofail", "enable", ".")
	return err
}
