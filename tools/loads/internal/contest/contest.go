// Package contest has ways to do a thing take turns, round by round, and tells
// where hazptr's stands among the others.
package contest

import (
	"context"
	"fmt"
	"strings"

	"hazptr/tools/loads/internal/rounds"
)

// A Cell is a way that does a kind of thing while what it works on is changed
// so many times a second.
type Cell[B any] struct {
	Kind Kind
	Rate int
	Way  Way[B]
}

func (c Cell[B]) String() string { return strings.TrimSuffix(c.Way.Name+", "+c.Kind.Name, ", ") }

// Cells returns all of them.
func Cells[B any](kinds []Kind, rates []int, ways []Way[B]) (all []Cell[B]) {
	for _, k := range kinds {
		for _, rate := range rates {
			for _, w := range ways {
				all = append(all, Cell[B]{k, rate, w})
			}
		}
	}
	return all
}

// Hold plays a round of each cell in turn, so many times, with a different one
// first each time. It calls begin before each, with what begins.
func Hold[B any](ctx context.Context, turns int, cells []Cell[B], begin func(stage string), play func(context.Context, Cell[B]) (*Found, error)) ([]Result, error) {
	found := make([][]*Found, len(cells))
	for turn, i := range rounds.Order(turns, len(cells)) {
		c := cells[i]
		begin(fmt.Sprintf("round %d of %d: %v", turn+1, turns, c))
		f, err := play(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", c, err)
		}
		found[i] = append(found[i], f)
	}
	results := make([]Result, len(cells))
	for i, c := range cells {
		results[i] = resultOf(c.Kind.Name, c.Rate, c.Way.Name, found[i])
	}
	return results, nil
}
