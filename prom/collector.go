package prom

import (
	"strconv"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// A Collector collects the figures of every open domain that has a hazptr.Config.Name. It keeps none of them alive, and does nothing between two scrapes; a scrape takes some microseconds for
// each domain. It may be used by any goroutine.
type Collector struct{ metrics []metric }

// NewCollector returns a Collector. One is enough for a process; register it once.
//
// Of each domain, with its name as the label "domain" (two that have the same become "name" and "name#2", see [hazptr.Domains]):
//
//	hazptr_retired_objects_total, hazptr_reclaimed_objects_total      what went in, and out
//	hazptr_retired_bytes_total                                        as RetireIn was told
//	hazptr_pending_objects, hazptr_pending_bytes                      what is in between
//	hazptr_pending_objects_limit, hazptr_pending_bytes_limit          from which on Retire slows down; bytes only where there is one
//	hazptr_blocked_objects                                            of the pending ones, those that wait for a worker, not for a reader
//	hazptr_oldest_pending_age_seconds                                 0 where nothing is pending
//	hazptr_holding_hazard_pointers                                    that held pending objects at the last look
//	hazptr_stalls_total                                               reports of objects pending for longer than Config.StallAfter
//	hazptr_scans_total, hazptr_scan_seconds_total, hazptr_scan_slots  looks at all hazard pointers; slots that the last one has read
//	hazptr_fences_total, hazptr_fence_seconds_total                   before them
//	hazptr_slowed_retires_total, hazptr_slowed_seconds_total          calls of Retire that were slowed down
//	hazptr_workers, hazptr_workers_limit                              goroutines that call reclaim functions
//
// Of the process:
//
//	hazptr_holders, hazptr_guards                                     that are open, and held
//	hazptr_leaked_holders_total                                       that were garbage-collected without Close
//	hazptr_leaked_protecting_holders_total                            of these, those that protect something for ever
//	hazptr_fence_info                                                 1, with the label "fence": membarrier, stop-the-world, or readers
func NewCollector() *Collector {
	return &Collector{metrics: []metric{
		counter("retired_objects_total", "Objects retired.", func(s *sample) int64 { return s.stats.Retired }),
		counter("reclaimed_objects_total", "Objects whose reclaim function has returned.", func(s *sample) int64 { return s.stats.Reclaimed }),
		counter("retired_bytes_total", "Bytes of the objects retired, as RetireIn was told.", func(s *sample) int64 { return s.stats.RetiredBytes }),
		gauge("pending_objects", "Objects retired and not reclaimed.", func(s *sample) int64 { return s.stats.Pending }),
		gauge("pending_bytes", "Bytes of the pending objects, as RetireIn was told.", func(s *sample) int64 { return s.stats.PendingBytes }),
		gauge("pending_objects_limit", "Pending objects from which on Retire slows its caller down.", func(s *sample) int64 { return int64(s.config.MaxPending) }),
		gauge("pending_bytes_limit", "Pending bytes from which on RetireIn slows its caller down.", func(s *sample) int64 { return s.config.MaxPendingBytes }).where(func(s *sample) bool { return s.config.MaxPendingBytes > 0 }),
		gauge("blocked_objects", "Pending objects that no hazard pointer holds: their reclaim function runs, or they wait for a worker.", func(s *sample) int64 { return s.stats.Blocked }),
		seconds(gauge("oldest_pending_age_seconds", "Age of the oldest pending object.", func(s *sample) int64 { return int64(s.stats.OldestPending) })),
		gauge("holding_hazard_pointers", "Hazard pointers that held pending objects at the last look.", func(s *sample) int64 { return s.stats.Holding }),
		counter("stalls_total", "Reports of objects pending for longer than Config.StallAfter.", func(s *sample) int64 { return s.stats.Stalls }),
		counter("scans_total", "Looks at all hazard pointers.", func(s *sample) int64 { return s.stats.Scans }),
		seconds(counter("scan_seconds_total", "Time that scans took, without their fences.", func(s *sample) int64 { return int64(s.stats.ScanTime) })),
		gauge("scan_slots", "Slots that the last scan has read.", func(s *sample) int64 { return s.stats.Slots }),
		counter("fences_total", "Fences before scans.", func(s *sample) int64 { return s.stats.Fences }),
		seconds(counter("fence_seconds_total", "Time that fences took.", func(s *sample) int64 { return int64(s.stats.FenceTime) })),
		counter("slowed_retires_total", "Calls of Retire that were slowed down.", func(s *sample) int64 { return s.stats.Slowed }),
		seconds(counter("slowed_seconds_total", "Time for which calls of Retire were slowed down.", func(s *sample) int64 { return int64(s.stats.SlowedTime) })),
		gauge("workers", "Goroutines that call reclaim functions.", func(s *sample) int64 { return int64(s.stats.Workers) }),
		gauge("workers_limit", "Goroutines that may call reclaim functions, at most.", func(s *sample) int64 { return int64(s.config.Workers) }),

		gauge("holders", "Holders that are open.", func(s *sample) int64 { return s.stats.Holders }).ofProcess(),
		gauge("guards", "Guards that are held.", func(s *sample) int64 { return s.stats.Guards }).ofProcess(),
		counter("leaked_holders_total", "Holders that were garbage-collected without Close.", func(s *sample) int64 { return s.stats.Leaked }).ofProcess(),
		counter("leaked_protecting_holders_total", "Holders that were garbage-collected without Close while they protected something, which stays protected.",
			func(s *sample) int64 { return s.stats.LeakedProtecting }).ofProcess(),
		gauge("fence_info", "What orders the readers' stores.", func(*sample) int64 { return 1 }).ofProcess("fence"),
	}}
}

// Describe is for the registry.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, m := range c.metrics {
		out <- m.desc
	}
}

// Collect is for the registry.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	process := true // the figures of the process are those of any domain; the default one is always there
	for name, d := range hazptr.Domains() {
		c.collect(&sample{label(name), d.Config(), d.Stats()}, process, out)
		process = false
	}
}

// collect collects one domain's metrics, and those of the process if it is the one to do so.
func (c *Collector) collect(s *sample, process bool, out chan<- prometheus.Metric) {
	for _, m := range c.metrics {
		if m.wanted != nil && !m.wanted(s) || m.process && !process {
			continue
		}
		out <- prometheus.MustNewConstMetric(m.desc, m.kind, m.unit*float64(m.value(s)), m.labels(s)...)
	}
}

// label makes text of a name that is none: labels must be.
func label(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return strconv.Quote(name)
}
