package main

import "hazptr/tools/loads/internal/pair"

// exported is what changes for a program that takes the patched gVisor, whose
// module comes without tests.
var exported = pair.Export{
	Behaviour: `- FDTable.Borrow looks a file up without a reference, for the task's own goroutine and until ReturnFile; lseek uses it. Get is as it was.
- A file that is closed ends some time after close(2) has returned: when the domain's worker has seen that no task borrows it. A task
  that closes a file and then unmounts its file system may come too early. A kernel that is saved or released waits for all.
- The sandbox's seccomp filter lets membarrier(2) through for a private expedited barrier and for its registration.`,
	Back: "Whether a kernel that one of the two has saved can be restored by the other was not tried.",
}
