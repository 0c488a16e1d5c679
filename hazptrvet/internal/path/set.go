package path

import (
	"slices"
	"strings"
)

// A Set has the names of registers and of places in memory, sorted. It is a
// value: With and Without return others.
type Set []string

// Has reports whether s has the name.
func (s Set) Has(name string) bool {
	_, has := slices.BinarySearch(s, name)
	return has
}

// With returns s and the name.
func (s Set) With(name string) Set {
	i, has := slices.BinarySearch(s, name)
	if has {
		return s
	}
	return slices.Insert(slices.Clone(s), i, name)
}

// Without returns s without the name.
func (s Set) Without(name string) Set {
	i, has := slices.BinarySearch(s, name)
	if !has {
		return s
	}
	return slices.Delete(slices.Clone(s), i, i+1)
}

// Where returns the names in s that keep wants.
func (s Set) Where(keep func(name string) bool) Set {
	return slices.DeleteFunc(slices.Clone(s), func(name string) bool { return !keep(name) })
}

func (s Set) String() string { return strings.Join(s, " ") }
