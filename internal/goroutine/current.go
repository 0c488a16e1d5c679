//go:build gc && (386 || amd64 || arm || arm64)

// Package goroutine tells goroutines apart.
package goroutine

// Current returns a number for the calling goroutine. No other goroutine that
// exists at the same time has it, and it stays the same until the goroutine
// ends. It is never 0.
//
// It is the address of the runtime's g, read from where the assembler says
// that it is. Nothing is read from the g itself.
func Current() uintptr
