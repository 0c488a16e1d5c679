// Package conformance tests the rules of ../alerts.yml and the queries of
// ../dashboard.json with Prometheus' own parser and engine, on figures of live
// domains. It is apart from prom so that a program that imports that need not
// have the module of Prometheus.
package conformance
