// Command compiled is what TestCompiledCode disassembles.
package main

import "hazptr/percpuref"

func main() {
	r := percpuref.New(func() {})
	r.Get()
	r.Put()
}
