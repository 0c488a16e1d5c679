// Package interleave runs a few goroutines of a test one at a time, and bytes say who goes on: at the points of package yield where the build tag hazptr_yield has compiled them in,
// between the test's own steps everywhere.
//
// It is for tests only.
package interleave
