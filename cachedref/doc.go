// Package cachedref counts references in two places: in the object, and in a
// cache that each goroutine has of the object it uses most. Taking and dropping
// a reference to the cached object is a plain add to memory that no other core
// touches.
//
//	c := cachedref.NewCache[Policy]() // a goroutine
//	defer c.Flush()
//	for request := range requests {
//		ref := current.Load() // an atomic.Pointer[cachedref.Ref[Policy]]
//		policy := c.Get(ref)
//		for policy == nil { // ref was replaced in between
//			ref = current.Load()
//			policy = c.Get(ref)
//		}
//		apply(request, policy) // may keep the reference for long
//		c.Put(ref)
//	}
//
//	old := current.Swap(cachedref.New(next, (*Policy).Close)) // an updater
//	old.Kill()
//
// # When to take it
//
// Take it for few objects that seldom change and that nearly every operation
// takes a reference to: credentials, a security label, a configuration.
// References may be held for long, in any number, and dropped by another
// goroutine, which then pays for an atomic operation. A goroutine that goes
// from one object to another and back pays for two at each change.
//
// The price: a cache keeps its object alive for as long as it caches it,
// whether or not the goroutine has a reference. An object that was replaced
// ends when the last cache of it has let it go: at the goroutine's next Get of
// another object, at [Cache.FlushIfKilled], or at [Cache.Flush], which belongs
// before a wait of unknown length. Where that can't be had, take hazptr: an
// idle goroutine protects nothing there.
//
// It is Mateusz Guzik's outline for the kernel's security labels (in the
// discussion of the hazard-pointer series, linux-kernel, September 2024).
// FreeBSD has it for credentials (sys/kern/kern_prot.c, crhold and crfree).
package cachedref
