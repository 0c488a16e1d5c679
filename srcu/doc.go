// Package srcu is sleepable read-copy-update. Readers may block, nest, and
// leave their section in another goroutine, and need no handle. An updater
// waits for a grace period, until every read section of its domain that was
// under way has ended.
//
//	var domain = srcu.New()
//
//	t := domain.ReadLock() // any goroutine
//	c := conns.Load()      // this and everything reached from it stays ...
//	go func() {
//		defer domain.ReadUnlock(t) // ... until here
//		copyAll(c)
//	}()
//
//	old := conns.Swap(next) // an updater: first unlink,
//	domain.Call(old.Close)
//
// # When to take it
//
// A section costs about as much as a [hazptr.Guard], and protects everything
// that the reader can reach instead of one object. The price is that of all
// RCU: one reader that stays holds up every object that is retired in the
// domain meanwhile. So make a domain for each set of readers that may stay long
// (that is what domains are for, in the kernel too), or take a Guard, which
// holds up one object. For a goroutine that reads again and again and does not
// block, package rcu is cheaper.
//
// It follows the kernel's SRCU (kernel/rcu/srcutree.c; McKenney: "Sleepable
// RCU", LWN 2006), with its two pairs of counters, per P. The fences are moved
// from the readers to the updater, as in its "fast" readers.
package srcu
