package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched kopia.
var exported = pair.Export{
	Behaviour: `- Contents can be listed while indexes are compacted or refreshed, by this program or by another one. The listing has what there was
  when it began.
- An index file that was dropped stays mapped until the listings that read it have ended, and its space on the disk stays taken. Files that
  nothing lists are unmapped some microseconds after they were dropped, on another goroutine. Closing a repository waits for
  that, and not for listings.
- An error in unmapping a file is logged. Closing a repository returned it.
- Lookups, the API and the format of the repository and of its caches are the same. Windows was not tried.`,
	Tests: "go test -short ./repo/content/...",
	Back:  `Repositories and caches are the same, so the original opens all that this one has written.`,
}
