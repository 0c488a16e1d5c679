// Package contest has ways to do a thing take turns, round by round, and tells
// where hazptr's stands among the others.
package contest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/rounds"
)

// A Way is one of the ways that are compared. A B makes it.
type Way[B any] struct {
	Name   string
	Text   string // for the help
	Begin  B
	Busted bool // it is there to be noticed, and all leaves it out
}

// Choose returns the ways of a list, in the table's order.
func Choose[B any](list string, ways []Way[B]) ([]Way[B], error) {
	if list == "all" {
		return slices.DeleteFunc(slices.Clone(ways), func(w Way[B]) bool { return w.Busted }), nil
	}
	return program.Select(list, "way", ways, func(w Way[B]) string { return w.Name })
}

// A Kind is one of the things that are done.
type Kind struct {
	Name string
	Text string // of the table

	// How many are timed at once: more than one where a look at the clock costs
	// more.
	Together int64
}

// ChooseKinds returns the kinds of a list, in the table's order.
func ChooseKinds(list string, kinds []Kind) ([]Kind, error) {
	return program.Select(list, "kind", kinds, func(k Kind) string { return k.Name })
}

// List has the names and texts of ways, for the details of a help.
func List[B any](ways []Way[B]) string {
	return program.List(16, func(add func(name, text string)) {
		for _, w := range ways {
			add(w.Name, w.Text)
		}
	})
}

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
	for _, i := range rounds.Order(turns, len(cells)) {
		c := cells[i]
		begin(fmt.Sprintf("measuring %v", c))
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
