// Command compiled is what TestCompiledCode disassembles. It calls the reader's
// methods as users do.
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

//go:noinline
func readKnown(h *hazptr.Holder[object], p *object) (value int) {
	if h.TryProtect(p, &source) {
		value = p.value
	}
	h.Clear()
	return value
}

//go:noinline
func readValidated(h *hazptr.Holder[object], p *object) (value int) {
	h.Set(p)
	if source.Load() == p {
		value = p.value
	}
	h.Clear()
	return value
}

//go:noinline
func release(g *hazptr.Guard[object]) {
	g.Release()
}

func main() {
	source.Store(new(object))
	h := hazptr.NewHolder[object]()
	read(h)
	readKnown(h, source.Load())
	readValidated(h, source.Load())
	h.Close()
	g := hazptr.Acquire(&source)
	release(&g)
}
