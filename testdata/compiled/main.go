// Command compiled is what TestCompiledCode disassembles: a caller of the reader's methods, as users write it.
package main

import (
	"sync/atomic"

	"hazptr"
)

type object struct{ value int }

var source atomic.Pointer[object]

//go:noinline
func read(h *hazptr.Holder[object]) int {
	value := h.Protect(&source).value
	h.Clear()
	return value
}

func main() {
	source.Store(new(object))
	h := hazptr.NewHolder[object]()
	read(h)
	h.Close()
}
