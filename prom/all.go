package prom

import (
	"github.com/prometheus/client_golang/prometheus"

	"hazptr"
)

// All returns a collector that shows every domain that has a name and is open
// at the time of the scrape. It is for one registry, once, and not beside a
// [Collector] there: the registry would refuse the second.
func All() prometheus.Collector { return all{} }

type all struct{}

func (all) Describe(ch chan<- *prometheus.Desc) { describe(ch) }

func (all) Collect(ch chan<- prometheus.Metric) { collect(ch, hazptr.Domains()) }
