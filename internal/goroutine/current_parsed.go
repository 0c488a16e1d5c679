//go:build !gc || !(386 || amd64 || arm || arm64)

// Package goroutine tells goroutines apart.
package goroutine

import (
	"bytes"
	"runtime"
	"strconv"
)

// Current returns a number for the calling goroutine. No other goroutine that
// exists at the same time has it, and it stays the same until the goroutine
// ends. It is never 0.
//
// It is the number that begins the goroutine's traceback, which takes a
// microsecond or two to make.
func Current() uintptr {
	var text [64]byte
	traceback := text[:runtime.Stack(text[:], false)]
	digits, _, _ := bytes.Cut(bytes.TrimPrefix(traceback, []byte("goroutine ")), []byte(" "))
	number, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic("goroutine: a traceback begins with " + strconv.Quote(string(traceback)))
	}
	return uintptr(number)
}
