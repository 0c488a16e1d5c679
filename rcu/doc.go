// Package rcu is read-copy-update. Readers pay one plain store on the way into
// a read section and one on the way out. An updater waits for a grace period,
// until every read section that was under way has ended.
//
//	r := domain.NewReader() // a goroutine that reads again and again
//	defer r.Close()
//	for request := range requests {
//		r.ReadLock()
//		t := table.Load() // this and everything reached from it stays ...
//		serve(request, t, t.Rows.Load())
//		r.ReadUnlock() // ... until here
//	}
//
//	old := table.Swap(next) // an updater: first unlink,
//	domain.Call(func() { old.Unmap() })
//
// # When to take it, and when hazard pointers
//
// What RCU does better than package hazptr: one section protects everything
// that a reader can reach. A tree of a thousand nodes is walked at the price of
// one section, where hazard pointers pay for each node. A reader need not know
// in advance what it will touch. There is nothing to validate and no retry.
//
// What hazptr does better: a reader holds up what it has protected and nothing
// else. Here a single reader that stays in its section (it is stuck in a write
// to a slow client, its goroutine waits for a lock) holds up every object of
// the domain that is retired meanwhile, by any goroutine. A million replaced
// objects are a million that stay, without bound. With hazptr it is one. So
// keep sections short, and don't block in them. Give readers that must block
// another domain, or package srcu or hazptr. [Domain.ReportStalls] tells which
// readers hold up a grace period, and for how long.
//
// Pointers that readers follow must be loaded by sync/atomic, as everywhere in
// Go where one goroutine stores and another loads.
//
// It follows the kernel's RCU (Documentation/RCU) in what it promises. Its
// reader side is that of Desnoyers, McKenney, Stern, Dagenais, Walpole:
// "User-Level Implementations of Read-Copy Update" (IEEE TPDS 23(2), 2012),
// with a number in place of its phases.
package rcu
