package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched bbolt.
var exported = pair.Export{
	Behaviour: `- A writer that maps a grown file anew waits for no read transaction, and none that begins waits for it. A goroutine that holds
  a read transaction open and waits for a write no longer hangs when the write maps the file anew.
- A read transaction keeps the mapping with which it began. While long ones are open, older mappings of the file stay, each of
  the size that the file had then: address space, not memory, since they show the same pages.
- A mapping is unmapped some microseconds after its last transaction has ended, on another goroutine. DB.Close waits for all read
  transactions, as before, and returns when nothing is mapped.
- InitialMmapSize works as before. It is no longer needed to keep readers from waiting.
- The API and the file format are the same. bolt_windows.go was not tried: on Windows stay with the original.`,
	Tests: "go test -short .",
	Back: `The file format is the same, so the original opens every file that this one has written. If your readers stay long, raise
InitialMmapSize again.`,
}
