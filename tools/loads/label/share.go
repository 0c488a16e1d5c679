package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"runtime/pprof"

	"github.com/google/pprof/profile"

	"hazptr/tools/loads/internal/contest"
)

// A share is what part of the CPU time the label takes: to find the policy,
// keep it, ask it and let it go.
type share struct {
	Way     string  `json:"way"`
	Kind    string  `json:"kind"`
	Samples int64   `json:"samples"`
	Label   float64 `json:"label"` // of 1
}

// profiled returns what is to be profiled: two ways, with no replacement.
func profiled(o *options) (cells []cell) {
	if o.Profile == 0 {
		return nil
	}
	for _, c := range contest.Cells(o.Do, []int{0}, o.Ways) {
		if c.Kind.Name != bare && (c.Way.Name == conditional || c.Way.Name == "hazptr") {
			cells = append(cells, c)
		}
	}
	return cells
}

// shareOf profiles a round of its own.
func (t *trial) shareOf(ctx context.Context, c cell) (s share, err error) {
	var out bytes.Buffer
	if err := pprof.StartCPUProfile(&out); err != nil {
		return s, err
	}
	_, err = t.round(ctx, c)
	pprof.StopCPUProfile()
	if err != nil {
		return s, err
	}
	parsed, err := profile.Parse(&out)
	if err != nil {
		return s, err
	}
	all, inside := int64(0), int64(0)
	for _, sample := range parsed.Sample {
		all += sample.Value[0]
		if inLabel(sample) {
			inside += sample.Value[0]
		}
	}
	if all == 0 {
		return s, fmt.Errorf("a profile of %v has no samples", t.duration)
	}
	return share{c.Way.Name, c.Kind.Name, all, float64(inside) / float64(all)}, nil
}

// labelFrame is in the stack of what asks a policy: visit makes the function
// that does.
var labelFrame = regexp.MustCompile(`\bmain\.visit\.func`)

func inLabel(s *profile.Sample) bool {
	for _, at := range s.Location {
		for _, line := range at.Line {
			if line.Function != nil && labelFrame.MatchString(line.Function.Name) {
				return true
			}
		}
	}
	return false
}
