// Command compiled is what TestCompiledCode disassembles.
package main

import "hazptr/srcu"

func main() {
	d := srcu.New()
	d.ReadUnlock(d.ReadLock())
}
