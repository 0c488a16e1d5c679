package chart

import (
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
)

// Names stand at the ends of their lines, apart from each other, and within the
// axis as long as there is room.
func TestPlace(t *testing.T) {
	const n = nameHeight
	for _, c := range []struct{ ends, want []vg.Length }{
		{nil, nil},
		{[]vg.Length{90, 50, 10}, []vg.Length{90, 50, 10}},
		{[]vg.Length{90, 90, 90, 10}, []vg.Length{90, 90 - n, 90 - 2*n, 10}},
		{[]vg.Length{120, 100}, []vg.Length{100, 100 - n}},
		{[]vg.Length{50, 0, 0}, []vg.Length{50, n, 0}},
		{[]vg.Length{50, 5, 0, -7}, []vg.Length{50, 2 * n, n, 0}},
	} {
		var all []*name
		for _, end := range c.ends {
			all = append(all, &name{path: []vg.Point{{Y: end}}})
		}
		place(all, 0, 100)
		var got []vg.Length
		for _, one := range all {
			got = append(got, one.height)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("ends at %v: names at %v, want %v", c.ends, got, c.want)
		}
	}
}

// A name points to where its line has its height, the last time that it has, or
// to the line's end.
func TestWhereANamePoints(t *testing.T) {
	n := &name{path: []vg.Point{{X: 0, Y: 0}, {X: 10, Y: 10}, {X: 20, Y: 0}, {X: 30, Y: 20}}}
	for height, want := range map[vg.Length]vg.Point{5: {X: 22.5, Y: 5}, 20: {X: 30, Y: 20}, 21: {X: 30, Y: 20}, -1: {X: 30, Y: 20}} {
		if got := n.at(height); got != want {
			t.Errorf("at %v it points to %v, want %v", height, got, want)
		}
	}
}
