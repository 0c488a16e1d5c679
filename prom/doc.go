// Package prom shows the domains of package hazptr to Prometheus. It is a module of its own, so that who does not use Prometheus does not download its client.
//
//	prometheus.MustRegister(prom.NewCollector())
//
// [NewCollector] says which metrics there are. alerts.yml has rules that tell when objects pile up, and dashboard.json draws it all in Grafana; both stand beside this package.
package prom
