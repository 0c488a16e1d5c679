package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched badger.
var exported = pair.Export{
	Behaviour: `- A file that RunValueLogGC has rewritten goes when all iterators are closed that began before, and not only when no iterator at all is
  open. With none open it is gone when RunValueLogGC returns, as before.
- The Close of an iterator no longer deletes files itself. Another goroutine does, right after it, and logs an error; RunValueLogGC
  returned it.
- A Get never held a file: if the file goes between the Get and the reading of its value, the value is empty. Where overlapping iterators
  kept all files for ever this did not happen; now it may, as it may where no iterator is open.
- DropAll forgets which files were to be deleted. Before, the Close of the last iterator deleted new files with the old ones' numbers, and
  their values with them.
- An iterator that is closed after DB.Close returns. Before, it waited for ever if a file was to be deleted.
- The API and the files are the same. Windows was not tried.`,
	Tests: "go test -run '" + eraTests + "' -skip " + slowTests + " .",
	Back:  `The files are the same, so the original opens every database that this one has written.`,
}
