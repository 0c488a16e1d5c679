// Command compiled is what TestCompiledCode disassembles. It calls Get and Put
// as users do.
package main

import (
	"sync/atomic"

	"hazptr/cachedref"
)

type object struct{ value int }

var source atomic.Pointer[cachedref.Ref[object]]

//go:noinline
func read(c *cachedref.Cache[object]) int {
	ref := source.Load()
	value := c.Get(ref).value
	c.Put(ref)
	return value
}

func main() {
	source.Store(cachedref.New(new(object), func(*object) {}))
	c := cachedref.NewCache[object]()
	read(c)
	c.Flush()
}
