package debug

import (
	"cmp"
	"slices"
	"strings"
)

// A place is where hazard pointers were acquired.
type place struct {
	Frames []string // the innermost function first
	Times  int      // how many of the traced ones
}

// places tells each place once, the most frequent first.
func places(acquired []string) (places []place) {
	index := map[string]int{}
	for _, a := range acquired {
		i, known := index[a]
		if !known {
			i = len(places)
			index[a] = i
			places = append(places, place{Frames: strings.Split(a, " < ")})
		}
		places[i].Times++
	}
	slices.SortFunc(places, func(a, b place) int {
		// The order is the same at the next look.
		return cmp.Or(b.Times-a.Times, slices.Compare(a.Frames, b.Frames))
	})
	return places
}
