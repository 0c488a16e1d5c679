//go:build amd64 && gc && !race

package fence

// Retract stores zero as a release: all that the caller did before is seen by whoever sees the zero. On amd64 each store is one.
func Retract(word *uintptr) { *word = 0 }
