package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched server.
var exported = pair.Export{
	Behaviour: `- Gets go on while a member defragments its database. Puts wait for the copy, as before; they no longer wait
  for a snapshot that is being sent.
- The replaced file is removed and stays open until the last snapshot of it has been sent: its space comes back then, and not when
  Defragment returns. Each Defragment meanwhile may keep one more.
- For that time both files are mapped. With MemoryMlock both are in memory until the new one is in place.
- A Compaction that begins during the copy still makes reads wait for its end, as before. So do Status and a new snapshot.
- A replaced file that has been in use for a minute is logged, by log/slog.
- The API, the file format and the wire format are the same. Windows doesn't rename over an open file: stay with the original there.`,
	Tests: "go test ./storage/backend/...",
	Back:  `The data is the same, so the original starts with all that this one has written.`,
}
