// Package fence is an asymmetric fence. On the frequent path it orders a store
// before a later load at the price of a plain store. The rare path, which must
// see that store or make its own store seen by that load, pays for both.
//
//	frequent                     rare
//	Publish(&slot, p)            source.Store(q)
//	q := source.Load()           Heavy()
//	                             s := atomic.LoadUintptr(&slot)
//
// Either the frequent side's load sees the rare side's store or the rare side's
// load sees the frequent side's store, as if a full fence stood between the two
// lines of each side. (Dice, Huang, Yang: Asymmetric Dekker synchronization,
// 2001; the kernel's membarrier(2).)
//
// On linux/amd64 a processor delays stores past later loads and nothing else.
// There Publish is a plain store, and Heavy makes every running thread of the
// process drain its stores. Everywhere else, under the race detector, and with
// the build tag hazptr_readerfence, Publish is sequentially consistent and
// Heavy does nothing.
//
// The build tag hazptr_nofence takes Heavy away from linux/amd64. It exists to
// prove that the ordering tests notice.
package fence

// The kinds of heavy fence, as Kind tells them.
const (
	// Membarrier is membarrier(2) with PRIVATE_EXPEDITED: an interrupt to each
	// core that runs a thread of the process.
	Membarrier = "membarrier"

	// StopTheWorld stops every goroutine and starts it again.
	StopTheWorld = "stop-the-world"

	Readers = "readers" // none is needed: Publish carries the fence
	None    = "none"    // taken away by hazptr_nofence: nothing is safe
)
