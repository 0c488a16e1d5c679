package prom

import (
	"github.com/prometheus/client_golang/prometheus"

	"hazptr/internal/report"
)

func describeNamed(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"name"}, nil)
}

// The values of package live, and the files of package mapped.
var (
	lastReloadSuccessful = describeNamed("hazptr_live_last_reload_successful", "1 if the last Load of the value went well, 0 if it has failed. Absent before there is a value, and after Close.")
	lastReloadSuccess    = describeNamed("hazptr_live_last_reload_success_timestamp_seconds", "When a Load of the value last went well. Absent before there is a value, and after Close.")
	reloadFailures       = describeNamed("hazptr_live_reload_failures_total", "Loads of the value that have failed.")
	oldValues            = describeNamed("hazptr_live_old_values", "Replaced values that are not closed, since they are in use or being closed.")
	mappedFaults         = describeNamed("hazptr_mapped_faults_total", "Reads of the mapped file that have failed, since it was truncated or its disk has failed.")
)

func describeLive(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lastReloadSuccessful, lastReloadSuccess, reloadFailures, oldValues, mappedFaults} {
		ch <- d
	}
}

func collectLive(ch chan<- prometheus.Metric) {
	for name, v := range report.Values.All() {
		collectValue(ch, name, v.Status())
	}
	for name, faults := range report.Faults.All() {
		ch <- prometheus.MustNewConstMetric(mappedFaults, counter, float64(faults.Load()), valid(name))
	}
}

func collectValue(ch chan<- prometheus.Metric, name string, s report.Status) {
	name = valid(name)
	ch <- prometheus.MustNewConstMetric(reloadFailures, counter, float64(s.Failures), name)
	ch <- prometheus.MustNewConstMetric(oldValues, gauge, float64(s.OldCount), name)
	// Close makes a Load fail that runs, which is no trouble.
	if s.LastSuccess.IsZero() || s.Closed {
		return
	}
	successful := 0.0
	if s.Err == "" {
		successful = 1
	}
	ch <- prometheus.MustNewConstMetric(lastReloadSuccessful, gauge, successful, name)
	ch <- prometheus.MustNewConstMetric(lastReloadSuccess, gauge, float64(s.LastSuccess.UnixNano())/1e9, name)
}
