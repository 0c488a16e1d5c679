//go:build hazptr_debug

package check

import (
	"fmt"
	"runtime"
	"strings"
)

// A stack is where something was done.
type stack struct {
	pcs [24]uintptr
	n   int
}

func here() *stack {
	s := new(stack)
	s.n = runtime.Callers(2, s.pcs[:])
	return s
}

// reporting matches the functions that a caller of the library has called. They
// come first in a stack.
var reporting = Library(`Acquire\[|Keep\[|NewHolder\[|Retire\[|RetireIn\[|retire\[|\(\*(Guard|Holder|Pointer)\[`)

// String has a line for each function, and one for its place, as the traces of
// panics have.
func (s *stack) String() string {
	if s == nil {
		return "\tnowhere\n"
	}
	var b strings.Builder
	frames := runtime.CallersFrames(s.pcs[:s.n])
	for {
		frame, more := frames.Next()
		if frame.Function != "runtime.goexit" && (b.Len() > 0 || !reporting.MatchString(frame.Function)) {
			fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", frame.Function, frame.File, frame.Line)
		}
		if !more {
			return b.String()
		}
	}
}
