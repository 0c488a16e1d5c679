// Package prom shows Prometheus what the domains of a running program are
// doing: a collector for github.com/prometheus/client_golang, and beside it
// alerts.yml, rules that tell of what goes wrong, and dashboard.json, a
// dashboard for Grafana.
//
//	prometheus.MustRegister(prom.All())
//	http.Handle("/metrics", promhttp.Handler())
//
// [All] shows every open domain that has a [hazptr.Config].Name,
// [hazptr.Default] among them. A [Collector] shows the domains that it is
// given.
//
// # Metrics
//
// They are the fields of [hazptr.Stats], in seconds and bytes. Those of a
// domain have the label domain, which is its Config.Name, or "default":
//
//	hazptr_retired_total                hazptr_retired_bytes_total
//	hazptr_reclaimed_total              hazptr_pending
//	hazptr_pending_bytes                hazptr_blocked
//	hazptr_oldest_pending_seconds       hazptr_holding
//	hazptr_stalls_total                 hazptr_scans_total
//	hazptr_scan_seconds_total           hazptr_slots
//	hazptr_fences_total                 hazptr_fence_seconds_total
//	hazptr_workers                      hazptr_slowed_total
//	hazptr_slowed_seconds_total         hazptr_scan_left_seconds
//	hazptr_exceeded_total
//
// and, of its Config, what three of these are compared with; the second only
// where there is such a bound:
//
//	hazptr_max_pending                  hazptr_max_pending_bytes
//	hazptr_max_workers
//
// Those of the process have no such label. They are there also while no domain
// is:
//
//	hazptr_holders                      hazptr_guards
//	hazptr_fence_info                   hazptr_leaked_total
//	hazptr_leaked_protecting_total
//
// hazptr_fence_info is 1, with what orders the readers' stores as its label
// fence.
//
// Those of each open Value and Plain of package hazptr/live, and of each open
// file of package hazptr/mapped, have the label name, which is its
// Options.Name. Every collector shows all of them, as it shows the process:
//
//	hazptr_live_last_reload_successful
//	hazptr_live_last_reload_success_timestamp_seconds
//	hazptr_live_reload_failures_total
//	hazptr_live_old_values
//	hazptr_mapped_faults_total
//
// The first two are absent before there is a value, and after its Close.
//
// # Names
//
// Where two domains, or two values, have the same name, the later is "name#2",
// as [hazptr.Domains] has it; a scrape never fails for that. A domain keeps its
// label. One that is made after the first has been closed gets the plain name,
// and its counters begin at 0: to Prometheus a restart. So domains that come
// and go should have few names, not a new one each.
//
// A domain that was closed is shown no more, and what it did since the last
// scrape is not seen. A [Collector] keeps the domains that it was given alive
// until they are closed or forgotten. [All] keeps none alive: a domain that the
// program drops is shown until the garbage collector has found it.
//
// # Alerts and dashboard
//
// The rules of alerts.yml go into a file that Prometheus' rule_files names.
// Their thresholds are examples: what a reader may take, above all, is the
// program's to say. dashboard.json is imported into Grafana as it is; it asks
// for the data source.
//
// # Cost
//
// A scrape calls Stats once for each domain. Nothing runs between scrapes, of
// which there may be any number at once.
//
// The module's go.mod names Prometheus itself too, for the tests of folder
// conformance. A program that imports this package does not download it.
package prom
