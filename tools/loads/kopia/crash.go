package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hazptr/tools/loads/internal/pair"
)

// crashes are what was found after workers of the hazptr copy had been killed.
type crashes struct {
	Killed int `json:"killed"`
	// After each of them, all that its worker had written among them.
	Contents int `json:"contents_read"`
}

const (
	crashContents = 20_000                 // of the repository at the beginning
	crashWithin   = 300 * time.Millisecond // of the beginning of a compaction
)

// crash kills workers of the hazptr copy while they compact, and has the
// original read all contents of their repository: with the cache that they have
// left, and without.
func crash(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) (*crashes, error) {
	c := &crashes{}
	if o.Crashes == 0 {
		return c, nil
	}
	original, patched := workers[0], workers[len(workers)-1]
	for _, number := range o.Versions {
		folder, version := filepath.Join(p.Folder, fmt.Sprintf("crash%d", number)), fmt.Sprint(number)
		p.Begin("making a repository to crash")
		if err := makeRepository(ctx, original, folder, number, crashContents); err != nil {
			return nil, err
		}
		for i := range o.Crashes {
			p.Begin(fmt.Sprintf("format %s: killing worker %d of %d", version, i+1, o.Crashes))
			first, atLeast := 0, 0
			_, err := attend(ctx, patched, func(written int) time.Duration {
				if first == 0 {
					first = written
				}
				if atLeast = written; written > first {
					return rand.N(crashWithin)
				}
				return o.Patience
			}, "-folder", folder, "-version", version, "-listing", "200ms", "-verify", "-every", "1ms", "-duration", "1h")
			switch {
			case !errors.Is(err, errHung):
				return nil, fmt.Errorf("to be killed: %w", err)
			case atLeast == first:
				return nil, fmt.Errorf("to be killed: %w before it has written: raise -patience", err)
			}
			c.Killed++
			out, err := original.Output(ctx, "-check", "-folder", folder, "-version", version, "-atleast", fmt.Sprint(atLeast))
			if err != nil {
				return nil, fmt.Errorf("the repository of a killed worker of the %s copy, read by the %w", patched.Name, err)
			}
			contents, err := strconv.Atoi(strings.TrimSpace(string(out)))
			if err != nil {
				return nil, fmt.Errorf("%s: what the check says: %w", original.Name, err)
			}
			c.Contents += contents
		}
	}
	return c, nil
}
