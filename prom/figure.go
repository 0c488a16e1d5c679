package prom

import (
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// A figure is a metric, and where its value comes from.
type figure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(hazptr.Stats) float64
}

func ofDomain(name string, kind prometheus.ValueType, help string, value func(hazptr.Stats) float64) figure {
	return figure{describeDomain(name, help), kind, value}
}

func ofProcess(name string, kind prometheus.ValueType, help string, value func(hazptr.Stats) float64) figure {
	return figure{prometheus.NewDesc(name, help, nil, nil), kind, value}
}

func describeDomain(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"domain"}, nil)
}

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

var domainFigures = []figure{
	ofDomain("hazptr_retired_total", counter, "Objects retired.",
		func(s hazptr.Stats) float64 { return float64(s.Retired) }),
	ofDomain("hazptr_reclaimed_total", counter, "Objects whose reclaim function has returned.",
		func(s hazptr.Stats) float64 { return float64(s.Reclaimed) }),
	ofDomain("hazptr_pending", gauge, "Objects retired and not reclaimed.",
		func(s hazptr.Stats) float64 { return float64(s.Pending) }),
	ofDomain("hazptr_blocked", gauge, "Pending objects that nothing protects any more: their reclaim function runs, or waits for a worker.",
		func(s hazptr.Stats) float64 { return float64(s.Blocked) }),
	ofDomain("hazptr_retired_bytes_total", counter, "Bytes outside the Go heap of the objects retired, as the program gave them.",
		func(s hazptr.Stats) float64 { return float64(s.RetiredBytes) }),
	ofDomain("hazptr_pending_bytes", gauge, "Bytes outside the Go heap of the pending objects, as the program gave them.",
		func(s hazptr.Stats) float64 { return float64(s.PendingBytes) }),
	ofDomain("hazptr_oldest_pending_seconds", gauge, "Age of the oldest pending object, from the first scan that could see it; 0 if none is pending.",
		func(s hazptr.Stats) float64 { return seconds(s.OldestPending) }),
	ofDomain("hazptr_holding", gauge, "Hazard pointers that held pending objects at the last look.",
		func(s hazptr.Stats) float64 { return float64(s.Holding) }),
	ofDomain("hazptr_stalls_total", counter, "Reports of objects pending for longer than Config.StallAfter; none are made where that is 0.",
		func(s hazptr.Stats) float64 { return float64(s.Stalls) }),
	ofDomain("hazptr_scans_total", counter, "Looks at all hazard pointers.",
		func(s hazptr.Stats) float64 { return float64(s.Scans) }),
	ofDomain("hazptr_slots", gauge, "Slots of hazard pointers that the last scan has read.",
		func(s hazptr.Stats) float64 { return float64(s.Slots) }),
	ofDomain("hazptr_scan_seconds_total", counter, "Time of all scans without their fences, and with their waiting for a core.",
		func(s hazptr.Stats) float64 { return seconds(s.ScanTime) }),
	ofDomain("hazptr_fences_total", counter, "Fences of scans: one each, and one more where something protected is found.",
		func(s hazptr.Stats) float64 { return float64(s.Fences) }),
	ofDomain("hazptr_fence_seconds_total", counter, "Time of the fences of scans.",
		func(s hazptr.Stats) float64 { return seconds(s.FenceTime) }),
	ofDomain("hazptr_scan_left_seconds", gauge, "Time that scans may take now, of what Config.ScanPercent gives them.",
		func(s hazptr.Stats) float64 { return seconds(s.ScanLeft) }),
	ofDomain("hazptr_slowed_total", counter, "Times that a Retire was slowed down, since too much was pending.",
		func(s hazptr.Stats) float64 { return float64(s.Slowed) }),
	ofDomain("hazptr_slowed_seconds_total", counter, "Time for which calls of Retire were slowed down.",
		func(s hazptr.Stats) float64 { return seconds(s.SlowedTime) }),
	ofDomain("hazptr_exceeded_total", counter, "Times that a Retire gave up waiting and exceeded the bounds, since no reclaim function returned.",
		func(s hazptr.Stats) float64 { return float64(s.Exceeded) }),
	ofDomain("hazptr_workers", gauge, "Goroutines that call reclaim functions at present.",
		func(s hazptr.Stats) float64 { return float64(s.Workers) }),
}

var processFigures = []figure{
	ofProcess("hazptr_holders", gauge, "Holders that are open in the process.",
		func(s hazptr.Stats) float64 { return float64(s.Holders) }),
	ofProcess("hazptr_guards", gauge, "Guards that are held in the process.",
		func(s hazptr.Stats) float64 { return float64(s.Guards) }),
	ofProcess("hazptr_leaked_total", counter, "Holders that were garbage-collected without Close.",
		func(s hazptr.Stats) float64 { return float64(s.Leaked) }),
	ofProcess("hazptr_leaked_protecting_total", counter, "Leaked Holders that protected something: it stays protected for ever.",
		func(s hazptr.Stats) float64 { return float64(s.LeakedProtecting) }),
}

var (
	fenceInfo       = prometheus.NewDesc("hazptr_fence_info", "What orders the readers' stores: membarrier, stop-the-world, or readers where they do it themselves. Always 1.", []string{"fence"}, nil)
	maxPending      = describeDomain("hazptr_max_pending", "Config.MaxPending: pending objects, the blocked ones apart, from which on Retire slows its caller down.")
	maxPendingBytes = describeDomain("hazptr_max_pending_bytes", "Config.MaxPendingBytes: pending bytes, without the ones that readers protect, from which on RetireIn slows its caller down. Absent without a bound.")
	maxWorkers      = describeDomain("hazptr_max_workers", "Config.Workers: goroutines that call reclaim functions, at most.")
)

func seconds(d time.Duration) float64 { return d.Seconds() }

func describe(ch chan<- *prometheus.Desc) {
	for _, f := range domainFigures {
		ch <- f.desc
	}
	for _, f := range processFigures {
		ch <- f.desc
	}
	describeLive(ch)
	for _, d := range []*prometheus.Desc{fenceInfo, maxPending, maxPendingBytes, maxWorkers} {
		ch <- d
	}
}

// collect sends the figures of the domains, and once those of the process,
// which every domain's Stats have, and of all values of package live.
func collect(ch chan<- prometheus.Metric, domains iter.Seq2[string, *hazptr.Domain]) {
	told := false
	for label, d := range domains {
		s := d.Stats()
		collectDomain(ch, label, s, d.Config())
		if !told {
			collectProcess(ch, s)
			told = true
		}
	}
	if !told {
		collectProcess(ch, hazptr.Default().Stats())
	}
	collectLive(ch)
}

func collectDomain(ch chan<- prometheus.Metric, label string, s hazptr.Stats, c hazptr.Config) {
	label = valid(label)
	for _, f := range domainFigures {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(s), label)
	}
	ch <- prometheus.MustNewConstMetric(maxPending, gauge, float64(c.MaxPending), label)
	ch <- prometheus.MustNewConstMetric(maxWorkers, gauge, float64(c.Workers), label)
	// With a 0 in its place, every share of it would be infinite.
	if c.MaxPendingBytes > 0 {
		ch <- prometheus.MustNewConstMetric(maxPendingBytes, gauge, float64(c.MaxPendingBytes), label)
	}
}

// valid returns a label with which the scrape does not fail. Of names that
// differ, the labels do.
func valid(label string) string {
	if !utf8.ValidString(label) || strings.HasPrefix(label, `"`) {
		return strconv.Quote(label)
	}
	return label
}

func collectProcess(ch chan<- prometheus.Metric, s hazptr.Stats) {
	for _, f := range processFigures {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(s))
	}
	ch <- prometheus.MustNewConstMetric(fenceInfo, gauge, 1, s.Fence)
}
