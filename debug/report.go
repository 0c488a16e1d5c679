package debug

import (
	"time"

	"hazptr"
	reported "hazptr/internal/report"
)

// A report is what the page shows, whatever its format.
type report struct {
	Time    time.Time
	Process process
	Values  []value  `json:",omitempty"`
	Faults  []faults `json:",omitempty"`
	Domains []domain
}

// A process is the part of hazptr.Stats that does not depend on the domain.
type process struct {
	Fence            string
	Holders, Guards  int64
	Leaked           int64
	LeakedProtecting int64
}

// A domain tells of one domain.
type domain struct {
	Name       string // one that no other domain has
	Config     config
	Stats      hazptr.Stats
	Inspection hazptr.Inspection
}

// A config is the part of hazptr.Config that can be shown.
type config struct {
	Workers         int
	ScanPercent     int
	MaxPending      int
	MaxPendingBytes int64
	ReclaimInline   bool
	StallAfter      time.Duration
	Trace           bool
}

// faults are reads of one file of package mapped that have failed.
type faults struct {
	Name  string // one that no other file has
	Count int64
}

// mostShown is how many pending objects of a domain are told of one by one.
const mostShown = 50

func newReport(now time.Time) report {
	r := report{Time: now}
	for name, d := range hazptr.Domains() {
		c, s := d.Config(), d.Stats()
		r.Process = process{Fence: s.Fence, Holders: s.Holders, Guards: s.Guards, Leaked: s.Leaked, LeakedProtecting: s.LeakedProtecting}
		r.Domains = append(r.Domains, domain{
			Name: name,
			Config: config{
				Workers: c.Workers, ScanPercent: c.ScanPercent, MaxPending: c.MaxPending, MaxPendingBytes: c.MaxPendingBytes,
				ReclaimInline: c.ReclaimInline, StallAfter: c.StallAfter, Trace: c.Trace,
			},
			Stats: s, Inspection: d.Inspect(mostShown),
		})
	}
	for name, v := range reported.Values.All() {
		r.Values = append(r.Values, value{name, v.Status()})
	}
	for name, count := range reported.Faults.All() {
		if n := count.Load(); n > 0 {
			r.Faults = append(r.Faults, faults{name, n})
		}
	}
	return r
}

// StalledAfter is the age from which on a pending object is shown as stalled.
func (d domain) StalledAfter() time.Duration {
	if d.Config.StallAfter > 0 {
		return d.Config.StallAfter
	}
	return time.Second
}

func (d domain) Stalled(s hazptr.Stall) bool { return s.Age >= d.StalledAfter() }

// StalledObjects counts the stalled ones of the objects that are told of.
func (d domain) StalledObjects() (n int) {
	for _, s := range d.Inspection.Oldest {
		if d.Stalled(s) {
			n++
		}
	}
	return n
}

// Untold is how many objects are pending beside the ones that are told of one
// by one.
func (d domain) Untold() int64 { return max(0, d.Stats.Pending-int64(len(d.Inspection.Oldest))) }

// why tells in a few words why an object is still there.
func why(s hazptr.Stall) string {
	switch {
	case s.Reclaim != "":
		return "its reclaim function has not returned; " + plural(s.Behind, "object waits", "objects wait") + " behind it"
	case s.Hazards > 0:
		return plural(int64(s.Hazards), "hazard pointer holds it", "hazard pointers hold it")
	}
	return "nothing protects it; it waits for a worker"
}
