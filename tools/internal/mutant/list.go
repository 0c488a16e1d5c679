package mutant

import (
	"fmt"
	"maps"
	"slices"
)

// Named returns the mutant of that name.
func Named(name string) (Mutant, error) {
	for _, m := range All {
		if m.Name == name {
			return m, nil
		}
	}
	return Mutant{}, fmt.Errorf("there is no mutant %q", name)
}

// All are the mutants, those of each file in its order.
var All = func() []Mutant {
	all := []Mutant{{Name: "nofence", Rule: "fences between the updaters' stores and their looks at the readers", Tag: "hazptr_nofence"}}
	for _, in := range []map[string][]Mutant{readers, reclaimers, graces, counts, values, explorers} {
		for _, file := range slices.Sorted(maps.Keys(in)) {
			for _, m := range in[file] {
				m.File = file
				all = append(all, m)
			}
		}
	}
	return all
}()
