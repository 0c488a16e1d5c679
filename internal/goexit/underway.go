// Package goexit tells a goroutine that runtime.Goexit ends from one that
// panics.
package goexit

import "runtime"

// UnderWay reports whether the calling deferred function runs because its
// goroutine has called runtime.Goexit. If it is false, the function that
// deferred the caller returns or panics. UnderWay must be called by the
// deferred function itself.
//
// A panic goes on: unlike recover, UnderWay leaves it and its trace alone.
// Nor can recover tell: with GODEBUG=panicnil=1 it returns nil for panic(nil),
// which it stops, as it does for Goexit.
func UnderWay() bool {
	var caller [1]uintptr // of the deferred function
	if runtime.Callers(3, caller[:]) == 0 {
		return false
	}
	frame, _ := runtime.CallersFrames(caller[:]).Next()
	return frame.Function == "runtime.Goexit"
}
