//go:build !gc || !(386 || amd64 || arm || arm64)

// Package goroutine tells goroutines apart.
package goroutine

// Current returns 0: there is no way to tell goroutines apart on this
// processor. A caller that compares must not take 0 for a goroutine.
func Current() uintptr { return 0 }
