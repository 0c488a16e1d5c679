// Package hazptr has hazard pointers: reads that cost two plain stores more
// than a plain load, of objects whose end is decided the moment their last
// reader has left, on any number of cores.
//
// It is for objects that end otherwise than by the garbage collector: mappings,
// files, C memory, pooled buffers, databases and models that are replaced while
// requests read them. An object that only the garbage collector ends needs none
// of it: use an atomic.Pointer.
//
// A [Pointer] has the object, and knows how it ends:
//
//	current := hazptr.NewPointer(hazptr.PointerConfig[Database]{
//		Reclaim: (*Database).Unmap,
//	}, first)
//
// Readers use the object, which does not end meanwhile:
//
//	if !current.Do(func(db *Database) { record, err = db.Lookup(key) }) {
//		return errNone // the Pointer is nil
//	}
//
// An updater replaces it. When no reader uses the old one any more, it is
// unmapped:
//
//	current.Replace(next)
//
// That is all that most programs need. What follows is for those in which a use
// outlives a call, whose readers are counted in nanoseconds, or whose objects
// are found in structures of their own: hazard pointers protect what is found
// in any atomic.Pointer.
//
// # Readers
//
// A [Guard] is a hazard pointer for one read. It is a value; any goroutine may
// release it, and share it. A [Holder] is a hazard pointer that a goroutine
// keeps and uses again and again: making it costs some hundred nanoseconds, a
// protected read two plain stores. Hazard pointers belong to the process;
// readers know nothing of domains.
//
// # Updaters
//
// The order is always: make the object unreachable for new readers, by a store
// to where they load it from; then retire it. [Retire] returns at once.
// [Synchronize] waits for the readers of one object, in place of a reclaim
// function. A [Domain] has what was retired in it, can be waited for, bounded
// and closed.
//
// # Rules
//
//   - An object is protected by the address that readers load. Retire that
//     address, not that of a field or of what the object points to.
//   - An object must be unlinked before it is retired, and not be linked again
//     before it is reclaimed.
//   - Protection is taken from the source, by Protect, TryProtect or Acquire,
//     never copied from another Holder or Guard.
//   - What a protected object points to is protected only if it ends with it.
//   - A pointer must not be used after the call that ended its protection.
//
// # Its siblings
//
// Packages rcu, srcu, percpuref, cachedref and gate have what hazard pointers
// are measured against, and what they cannot do: one section for a whole
// structure, references that are held in numbers and handed on, users that must
// be out. docs/choosing.md tells which one to take.
//
// # How it works
//
// A reader stores the address into its hazard pointer and then loads the source
// once more: if it has not changed, the object is protected. A reclaimer looks
// at all hazard pointers after the object was unlinked, and calls the reclaim
// function of those objects that it found in none. For this the reader's store
// must be visible before its second load, which costs a full fence, and that
// fence is what makes hazard pointers slow elsewhere. Here the reclaimer pays
// for it, once for many objects: on linux/amd64 by membarrier(2), which makes
// every running thread of the process drain its stores. docs/ordering.md has
// the argument, store by store. The environment variable
// HAZPTR_FENCE=membarrier or stw forces that system call, or a stop-the-world
// in its place; the build tag hazptr_readerfence puts the fence on the readers.
//
// The method is that of Maged M. Michael, "Hazard Pointers: Safe Memory
// Reclamation for Lock-Free Objects", IEEE Transactions on Parallel and
// Distributed Systems 15(6), 2004; the interface follows the Linux kernel's
// hazard-pointer series of 2024 and 2026 and its RCU.
package hazptr

import "runtime"

// Hazards are addresses: a heap that moves objects would break every promise.
// TestHeapDoesNotMove looks at gc's, for each of its versions.
func init() {
	if runtime.Compiler != "gc" {
		panic("hazptr: built with " + runtime.Compiler + "; only gc's heap is known not to move objects")
	}
}
