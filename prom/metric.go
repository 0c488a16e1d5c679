package prom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// A sample is a domain at one scrape.
type sample struct {
	domain string
	config hazptr.Config
	stats  hazptr.Stats
}

// A metric is one figure of a sample.
type metric struct {
	name, help string
	kind       prometheus.ValueType
	unit       float64 // of value
	value      func(*sample) int64
	wanted     func(*sample) bool // nil: always
	process    bool               // it is the same for all domains
	fence      bool               // it has the kind of fence for a label
	desc       *prometheus.Desc
}

func counter(name, help string, value func(*sample) int64) metric {
	return metric{name: name, help: help, kind: prometheus.CounterValue, unit: 1, value: value}.described("domain")
}

func gauge(name, help string, value func(*sample) int64) metric {
	return metric{name: name, help: help, kind: prometheus.GaugeValue, unit: 1, value: value}.described("domain")
}

// seconds is for metrics whose value is nanoseconds.
func seconds(m metric) metric {
	m.unit = time.Duration(1).Seconds()
	return m
}

// where leaves out samples.
func (m metric) where(wanted func(*sample) bool) metric {
	m.wanted = wanted
	return m
}

// ofProcess makes it a metric without a domain, that has the fence for a label if that is named.
func (m metric) ofProcess(labels ...string) metric {
	m.process, m.fence = true, len(labels) > 0
	return m.described(labels...)
}

func (m metric) described(labels ...string) metric {
	m.desc = prometheus.NewDesc("hazptr_"+m.name, m.help, labels, nil)
	return m
}

// labels returns the values of the metric's labels.
func (m metric) labels(s *sample) []string {
	switch {
	case m.fence:
		return []string{s.stats.Fence}
	case m.process:
		return nil
	}
	return []string{s.domain}
}
