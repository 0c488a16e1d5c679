package contest

import (
	"slices"

	"hazptr/tools/internal/program"
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
	Name     string
	Text     string // of the table
	Together int64  // how many are timed at once: more than one where a look at the clock costs more
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
