package hazptr

import (
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/hazard"
)

// Stats tells what a [Domain] has done and has before it. Numbers since the
// start of the domain never fall.
type Stats struct {
	Retired int64 // objects, since the start

	// Objects whose reclaim function has returned, since the start. They are
	// counted in runs of up to 128.
	Reclaimed int64

	Pending int64 // objects retired and not reclaimed

	// Of Pending, those no longer protected. Their reclaim function runs, or
	// waits for a worker.
	Blocked int64

	// As given to RetireIn, since the start. Where a word has 32 bits, the sum
	// is modulo 4 GiB.
	RetiredBytes int64

	// Of RetiredBytes, those of the pending objects. It is modulo 4 GiB where
	// RetiredBytes is.
	PendingBytes int64

	// Age of the oldest pending object, counted from the first scan that could
	// see it.
	OldestPending time.Duration

	// Hazard pointers that held pending objects at the last scan, or when a
	// later look asked whether they still do.
	Holding int64

	// Reports of objects pending for longer than Config.StallAfter, since the
	// start.
	Stalls int64

	Scans int64 // looks at all hazard pointers, since the start
	Slots int64 // slots that the last scan has read

	// Of all scans, without their fences. It includes the time that a scan
	// waits for a core, where all are busy.
	ScanTime time.Duration

	// Fences of scans, since the start: one before each, and one more in a scan
	// that finds something protected.
	Fences int64

	FenceTime time.Duration // of these fences

	// How long scans may take now, of what Config.ScanPercent gives them.
	ScanLeft time.Duration

	// What orders the readers' stores: "membarrier", "stop-the-world", or
	// "readers" where the readers do it themselves.
	Fence string

	Slowed     int64         // times that a Retire was slowed, since the start
	SlowedTime time.Duration // of these

	// Of Slowed, the times that Retire gave up, since no reclaim function
	// returned. Each exceeded the bounds.
	Exceeded int64

	Workers int // goroutines that call reclaim functions at present

	// Of the whole process, whatever the domain:

	Holders int64 // Holders that are open
	Guards  int64 // Guards that are held

	// Holders that were garbage-collected without Close, since the start.
	Leaked int64

	// Of Leaked, those with an object. The object stays protected for ever.
	LeakedProtecting int64
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
