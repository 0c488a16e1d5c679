// Command compiled is what TestCompiledCode disassembles. It calls the reader's
// methods as users do.
package main

import (
	"sync/atomic"

	"hazptr/rcu"
)

type object struct{ value int }

var source atomic.Pointer[object]

//go:noinline
func read(r *rcu.Reader) int {
	r.ReadLock()
	value := source.Load().value
	r.ReadUnlock()
	return value
}

func main() {
	source.Store(new(object))
	r := rcu.New().NewReader()
	read(r)
	r.Close()
}
