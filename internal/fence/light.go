//go:build !amd64 || !gc || race || hazptr_nofence || (linux && !hazptr_readerfence)

package fence

// Light orders a Release of the caller before its later atomic loads, against another goroutine's Heavy. It costs nothing: either Heavy does it,
// or a Release is sequentially consistent.
func Light() {}
