package debug

import (
	"fmt"
	"time"
)

// A figure is one line of a domain's table.
type figure struct{ Name, Value string }

// Figures returns the table of a domain.
func (d domain) Figures() []figure {
	s, c := d.Stats, d.Config
	pending := number(s.Pending)
	if s.Pending > 0 {
		pending += fmt.Sprintf(", the oldest for %s", span(s.OldestPending))
	}
	bytes := size(s.PendingBytes)
	if c.MaxPendingBytes > 0 {
		bytes += " of " + size(c.MaxPendingBytes)
	}
	stalls := "not watched for: Config.StallAfter is 0"
	if c.StallAfter > 0 {
		stalls = fmt.Sprintf("%s, of objects pending for longer than %s", plural(s.Stalls, "report", "reports"), c.StallAfter)
	}
	traced := "no: Config.Trace is false"
	if c.Trace {
		traced = "yes"
	}
	reclaim := fmt.Sprintf("%s of %d at work", number(int64(s.Workers)), c.Workers)
	if c.ReclaimInline {
		reclaim += ", and callers of Retire"
	}
	return []figure{
		{"pending", fmt.Sprintf("%s; Retire slows down from %s on", pending, number(int64(c.MaxPending)))},
		{"pending bytes", bytes},
		{"protected", fmt.Sprintf("by %s at the last look", plural(s.Holding, "hazard pointer", "hazard pointers"))},
		{"wait for workers", number(s.Blocked)},
		{"retired", fmt.Sprintf("%s, %s", number(s.Retired), size(s.RetiredBytes))},
		{"reclaimed", number(s.Reclaimed)},
		{"workers", reclaim},
		{"scans", fmt.Sprintf("%s, %s each; %s read at the last", number(s.Scans), each(s.ScanTime, s.Scans), plural(s.Slots, "slot", "slots"))},
		{"scan time left", fmt.Sprintf("%v, of %d%% of a core", s.ScanLeft.Round(time.Microsecond), c.ScanPercent)},
		{"fences", fmt.Sprintf("%s, %s each", number(s.Fences), each(s.FenceTime, s.Fences))},
		{"slowed down", fmt.Sprintf("%s of Retire, for %s in all; %d gave up and exceeded the bounds", plural(s.Slowed, "call", "calls"), span(s.SlowedTime), s.Exceeded)},
		{"stalls", stalls},
		{"traced", traced},
	}
}

func each(all time.Duration, n int64) string {
	if n == 0 {
		return span(0)
	}
	return span(all / time.Duration(n))
}

// typeName is for what has none.
func typeName(name string) string {
	if name == "" {
		return "(in a worker's hands)"
	}
	return name
}
