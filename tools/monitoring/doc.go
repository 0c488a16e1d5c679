// Package monitoring tests what hazptr/prom ships beside its metrics: the rules of alerts.yml and the queries of dashboard.json.
package monitoring
