// Package interleave runs a few goroutines of a test one at a time. Bytes say
// which goes on at each point. The points are those of package yield, where the
// build tag hazptr_yield has compiled them in, and those between the test's own
// steps everywhere.
//
// It is for tests only.
package interleave
