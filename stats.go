package hazptr

import (
	"time"

	"hazptr/internal/fence"
)

// Stats tells what a [Domain] has done and has before it. Numbers since the start of the domain never fall.
type Stats struct {
	Retired   int64 // objects, since the start
	Reclaimed int64 // objects whose reclaim function has returned, since the start; counted a run of up to 128 at a time
	Pending   int64 // objects retired and not reclaimed
	Blocked   int64 // of Pending, those that nothing protects any more: their reclaim function runs, or waits for a worker

	RetiredBytes  int64         // as given to RetireIn, since the start; where a word has 32 bits, modulo 4 GiB
	PendingBytes  int64         // of RetiredBytes, those of the pending objects; likewise
	OldestPending time.Duration // age of the oldest pending object, counted from the first scan that could see it
	Holding       int64         // hazard pointers that held pending objects at the last scan, or when it was last looked whether they still do
	Stalls        int64         // reports of objects pending for longer than Config.StallAfter, since the start

	Scans     int64         // looks at all hazard pointers, since the start
	Slots     int64         // slots that the last scan has read
	ScanTime  time.Duration // of all scans, without their fences; it includes the waiting for a core, where all are busy
	Fences    int64         // before scans, since the start
	FenceTime time.Duration // of these
	Fence     string        // what orders the readers' stores: "membarrier", "stop-the-world", or "readers" where they do it themselves

	Slowed     int64         // times that a Retire was slowed down, since the start
	SlowedTime time.Duration // of these
	Workers    int           // goroutines that call reclaim functions at present

	// Of the whole process, whatever the domain:

	Holders          int64 // Holders that are open
	Guards           int64 // Guards that are held
	Leaked           int64 // Holders that were garbage-collected without Close, since the start
	LeakedProtecting int64 // of Leaked, those that protected something: it stays protected for ever
}

// Stats returns the domain's figures. It may be called by any goroutine; it costs a few microseconds, and a look at the guard slots of which some are in use.
func (d *Domain) Stats() Stats {
	d.check("Stats")
	s := Stats{
		Fence:   fence.Kind(),
		Holders: int64(holders.opened()),
		Guards:  int64(guards.taken()),
	}
	s.Leaked, s.LeakedProtecting = leaks.stats()
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Reclaimed = d.ready.done
	s.Retired = d.retiredObjects()
	bytes := uintptr(0) // since it is the sum of words that may wrap
	oldest := min(d.oldestKept, d.ready.oldest(), d.rounds.oldest())
	for q := range d.queues.All() {
		bytes += q.bytes.Load()
	}
	s.RetiredBytes = int64(bytes)
	s.PendingBytes = int64(bytes - uintptr(d.ready.doneBytes))
	s.Pending = s.Retired - s.Reclaimed
	s.Blocked = d.ready.waiting()
	if s.Pending > 0 && oldest != never {
		s.OldestPending = time.Duration(d.clock() - oldest)
	}
	s.Holding = d.holding
	s.Stalls = d.reports.n
	s.Scans, s.Fences, s.Slots = d.scans, d.scans, d.slots
	s.ScanTime, s.FenceTime = time.Duration(d.scanTime), time.Duration(d.fenceTime)
	s.Slowed, s.SlowedTime = d.slowed, time.Duration(d.slowedTime)
	s.Workers = d.ready.running()
	return s
}

// retiredObjects returns how many objects were ever retired. It is called under mu.
func (d *Domain) retiredObjects() int64 {
	n := d.scanned
	for q := range d.queues.All() {
		n += int64(q.length())
	}
	return n
}
