package prom_test

import (
	"fmt"
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"hazptr"
	"hazptr/prom"
)

// Every domain with a name, those of other packages too.
func ExampleAll() {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prom.All())
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

// Only one's own domains.
func ExampleCollector() {
	maps := hazptr.NewDomain(hazptr.Config{Name: "maps", MaxPending: 500})
	models := hazptr.NewDomain(hazptr.Config{Name: "models", MaxPending: 20})
	collector := prom.NewCollector(maps)
	collector.Add(models)
	runtime.GC() // the collector keeps both alive

	text, err := testutil.CollectAndFormat(collector, expfmt.TypeTextPlain, "hazptr_pending", "hazptr_max_pending")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", text)
	// Output:
	// # HELP hazptr_max_pending Config.MaxPending: pending objects, the blocked ones apart, from which on Retire slows its caller down.
	// # TYPE hazptr_max_pending gauge
	// hazptr_max_pending{domain="maps"} 500
	// hazptr_max_pending{domain="models"} 20
	// # HELP hazptr_pending Objects retired and not reclaimed.
	// # TYPE hazptr_pending gauge
	// hazptr_pending{domain="maps"} 0
	// hazptr_pending{domain="models"} 0
}
