// Package rounds orders measurements so that a drift of the machine hits all
// that are compared alike, and says what many rounds found.
package rounds

import (
	"fmt"
	"iter"
	"strings"

	"github.com/aclements/go-moremath/stats"
)

// Order yields round and index: each of n things once in every round, with a
// different one first each time, so that none always follows the same one's
// mess.
func Order(rounds, n int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for round := range rounds {
			for i := range n {
				if !yield(round, (round+i)%n) {
					return
				}
			}
		}
	}
}

// A Spread is what several rounds found.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// SpreadOf returns the Spread of values, of which there must be at least one.
func SpreadOf(values []float64) Spread {
	least, most := stats.Bounds(values)
	return Spread{Median: stats.Sample{Xs: values}.Quantile(0.5), Min: least, Max: most}
}

// Ratios divides what one thing did by what another did, round by round.
func Ratios(one, other []float64) []float64 {
	ratios := make([]float64, min(len(one), len(other)))
	for i := range ratios {
		ratios[i] = one[i] / other[i]
	}
	return ratios
}

// A Rival is what something is compared with: its figure to that of the thing,
// round by round, where more is better.
type Rival struct {
	Name  string
	Ratio Spread
}

// Standing says where a thing stands among its rivals. It is ahead of one if it
// was so in every round, and behind likewise.
func Standing(thing string, rivals ...Rival) string {
	var ahead, behind, level []string
	for _, r := range rivals {
		times := fmt.Sprintf("%s (%.2f times)", r.Name, 1/r.Ratio.Median)
		switch {
		case r.Ratio.Max < 1:
			ahead = append(ahead, times)
		case r.Ratio.Min > 1:
			behind = append(behind, times)
		default:
			level = append(level, r.Name)
		}
	}
	var said []string
	for _, part := range []struct {
		words string
		names []string
	}{
		{thing + " is ahead of ", ahead},
		{thing + " is behind ", behind},
		{"no difference seen to ", level},
	} {
		if len(part.names) > 0 {
			said = append(said, part.words+strings.Join(part.names, ", "))
		}
	}
	return strings.Join(said, "; ")
}
