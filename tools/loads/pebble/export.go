package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched pebble.
var exported = pair.Export{
	Behaviour: `- A Get, and an iterator of the present state, take no lock and write no count that other readers write.
- A state that was replaced ends when its last reader has left, on a goroutine of the library's or in the reader's Close. Where no
  reader holds it, it ends at once, as before. To replace a state costs more.
- DB.Close waits until all replaced states have ended; where an iterator was leaked, for a bounded time, and returns the same error.
- The API and the files are the same.`,
	Tests: "go test -short -run '^Test(Iter|Get|Snapshot|Flush|Compaction|DB|Close|Leak)' .",
	Back:  "The files are the same.",
}
