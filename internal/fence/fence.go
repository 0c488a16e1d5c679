// Package fence is an asymmetric fence: it orders a store before a later load on a frequent path at the price of a plain store, because
// the rare path, which must see that store or make its own store seen by that load, pays for both.
//
//	frequent                     rare
//	Publish(&slot, p)            source.Store(q)
//	q := source.Load()           Heavy()
//	                             s := atomic.LoadUintptr(&slot)
//
// Either the frequent side's load sees the rare side's store or the rare side's load sees the frequent side's store, as if a full fence stood
// between the two lines of each side. (Dice, Huang, Yang: Asymmetric Dekker synchronization, 2001; the kernel's membarrier(2).)
//
// On linux/amd64, where a processor delays stores past later loads and nothing else, Publish is a plain store and Heavy makes every running
// thread of the process drain its stores. Everywhere else, under the race detector, and with the build tag hazptr_readerfence, Publish is
// sequentially consistent and Heavy does nothing.
//
// The build tag hazptr_nofence takes Heavy away from linux/amd64, and Light where hazptr_readerfence makes one necessary. It exists to prove that the
// ordering tests notice.
package fence

// The kinds of heavy fence, as Kind tells them.
const (
	Membarrier   = "membarrier"     // membarrier(2) with PRIVATE_EXPEDITED: an interrupt to each core that runs a thread of the process
	StopTheWorld = "stop-the-world" // every goroutine is stopped and started again
	Readers      = "readers"        // none is needed: Publish carries the fence
	None         = "none"           // taken away by hazptr_nofence: nothing is safe
)
