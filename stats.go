package hazptr

import (
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/hazard"
)

// Stats tells what a [Domain] has done and has before it. Numbers since the
// start of the domain never fall.
type Stats struct {
	Retired   int64 // objects, since the start
	Reclaimed int64 // objects whose reclaim function has returned, since the start; counted a run of up to 128 at a time
	Pending   int64 // objects retired and not reclaimed
	Blocked   int64 // of Pending, protected no more: their reclaim function runs, or waits for a worker

	RetiredBytes  int64         // as given to RetireIn, since the start; where a word has 32 bits, modulo 4 GiB
	PendingBytes  int64         // of RetiredBytes, those of the pending objects; likewise
	OldestPending time.Duration // age of the oldest pending object, counted from the first scan that could see it
	Holding       int64         // hazard pointers that held pending objects at the last scan, or when it was last looked whether they still do
	Stalls        int64         // reports of objects pending for longer than Config.StallAfter, since the start

	Scans     int64         // looks at all hazard pointers, since the start
	Slots     int64         // slots that the last scan has read
	ScanTime  time.Duration // of all scans, without their fences; it includes the waiting for a core, where all are busy
	Fences    int64         // of scans, since the start: one before each, and one more where it finds something protected
	FenceTime time.Duration // of these
	ScanLeft  time.Duration // that scans may take now, of what Config.ScanPercent gives them
	Fence     string        // what orders the readers' stores: "membarrier", "stop-the-world", or "readers" where they do it themselves

	Slowed     int64         // times that a Retire was slowed down, since the start
	SlowedTime time.Duration // of these
	Exceeded   int64         // of Slowed, those that gave up, since no reclaim function returned: the bounds were exceeded
	Workers    int           // goroutines that call reclaim functions at present

	// Of the whole process, whatever the domain:

	Holders          int64 // Holders that are open
	Guards           int64 // Guards that are held
	Leaked           int64 // Holders that were garbage-collected without Close, since the start
	LeakedProtecting int64 // of Leaked, the ones with an object: it stays protected for ever
}

// Stats returns the domain's figures. It may be called by any goroutine. It
// costs a few microseconds, and a look at the guard slots of which some are in
// use.
func (d *Domain) Stats() Stats {
	d.check("Stats")
	holders, guards := int64(hazard.Opened()), int64(hazard.Held())
	leaked, protecting := hazard.Leaked()
	f := d.reclaimer.Figures()
	return Stats{
		Retired:   f.Retired,
		Reclaimed: f.Reclaimed,
		Pending:   f.Retired - f.Reclaimed,
		Blocked:   f.Ready,

		RetiredBytes:  f.RetiredBytes,
		PendingBytes:  f.PendingBytes,
		OldestPending: f.Oldest,
		Holding:       f.Holding,
		Stalls:        f.Stalls,

		Scans:     f.Looks,
		Slots:     f.Slots,
		ScanTime:  f.LookTime,
		Fences:    f.Fences,
		FenceTime: f.FenceTime,
		ScanLeft:  f.ScanLeft,
		Fence:     fence.Kind(),

		Slowed:     f.Slowed,
		SlowedTime: f.SlowedTime,
		Exceeded:   f.Exceeded,
		Workers:    f.Workers,

		Holders:          holders,
		Guards:           guards,
		Leaked:           leaked,
		LeakedProtecting: protecting,
	}
}
