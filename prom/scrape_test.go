package prom

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"hazptr"
	"hazptr/internal/litmus"
)

// A target is a process's /metrics, over loopback.
type target struct {
	t      *testing.T
	url    string
	client http.Client
}

func newTarget(t *testing.T, c prometheus.Collector) *target {
	registry := registryOf(t, c)
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	t.Cleanup(server.Close)
	return &target{t, server.URL, http.Client{Timeout: 10 * time.Second}}
}

func (s *target) scrape() scraped {
	s.t.Helper()
	response, err := s.client.Get(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		s.t.Fatalf("%s: %s", response.Status, body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return families
}

type scraped map[string]*dto.MetricFamily

// of returns a metric's value, for one domain or the process.
func (s scraped) of(t *testing.T, name, domain string) float64 {
	t.Helper()
	value, found := s.find(name, "domain", domain)
	if !found {
		t.Fatalf("no %s of domain %q was scraped", name, domain)
	}
	return value
}

// find returns a metric's value for what a label says, or for the process if
// that is "".
func (s scraped) find(name, label, is string) (value float64, found bool) {
	for _, m := range s[name].GetMetric() {
		if is == "" && len(m.Label) == 0 || len(m.Label) == 1 && m.Label[0].GetName() == label && m.Label[0].GetValue() == is {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue(), true
		}
	}
	return 0, false
}

type object struct{ n int }

// A reader stays, then a reclaim function does, and the figures say so.
func TestScrape(t *testing.T) {
	d := newDomain(t, hazptr.Config{Name: "maps", MaxPending: 1000, MaxPendingBytes: 1 << 20, Workers: 2, StallAfter: 5 * time.Millisecond, OnStall: func(hazptr.Stall) {}})
	target := newTarget(t, NewCollector(d))
	var s scraped
	is := func(name string, want float64) {
		t.Helper()
		if got := s.of(t, name, "maps"); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	above := func(name, domain string, least float64) {
		t.Helper()
		if got := s.of(t, name, domain); got <= least {
			t.Errorf("%s is %v, want more than %v", name, got, least)
		}
	}
	flush := func(wait func(context.Context) error) {
		t.Helper()
		if err := wait(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
		s = target.scrape()
	}

	s = target.scrape()
	for _, name := range []string{"hazptr_retired_total", "hazptr_pending", "hazptr_oldest_pending_seconds", "hazptr_scans_total", "hazptr_workers", "hazptr_stalls_total"} {
		is(name, 0)
	}
	is("hazptr_max_pending", 1000)
	is("hazptr_max_pending_bytes", 1<<20)
	is("hazptr_max_workers", 2)
	guards, holders := s.of(t, "hazptr_guards", ""), s.of(t, "hazptr_holders", "")

	// A reader that stays, and ten objects without a reader.
	wait := func() {} // what the reclaim function waits for
	source := hazptr.NewPointer(hazptr.PointerConfig[object]{
		Reclaim: func(*object) { wait() },
		Bytes:   func(*object) int64 { return 100 },
		Domain:  d,
	}, &object{-1})
	reader := source.Acquire()
	holder := hazptr.NewHolder[object]()
	for n := range 11 {
		source.Replace(&object{n})
	}
	flush(d.Flush)
	is("hazptr_retired_total", 11)
	is("hazptr_reclaimed_total", 10)
	is("hazptr_pending", 1)
	is("hazptr_blocked", 0)
	is("hazptr_retired_bytes_total", 1100)
	is("hazptr_pending_bytes", 100)
	is("hazptr_holding", 1)
	is("hazptr_slowed_total", 0)
	above("hazptr_scans_total", "maps", 0)
	above("hazptr_slots", "maps", 0)
	above("hazptr_scan_seconds_total", "maps", 0)
	if got := s.of(t, "hazptr_guards", "") - guards; got != 1 {
		t.Errorf("%v Guards more than before, want 1", got)
	}
	if got := s.of(t, "hazptr_holders", "") - holders; got != 1 {
		t.Errorf("%v Holders more than before, want 1", got)
	}
	if got, want := s.of(t, "hazptr_fences_total", "maps"), s.of(t, "hazptr_scans_total", "maps"); got < want || got > 2*want {
		t.Errorf("%v fences for %v scans", got, want)
	}
	age := s.of(t, "hazptr_oldest_pending_seconds", "maps")
	time.Sleep(20 * time.Millisecond)
	s = target.scrape()
	above("hazptr_oldest_pending_seconds", "maps", age+0.015)
	litmus.Eventually(t, "a report of the stall", func() bool { s = target.scrape(); return s.of(t, "hazptr_stalls_total", "maps") > 0 })
	reader.Release()
	holder.Close()
	flush(d.Barrier)
	is("hazptr_reclaimed_total", 11)
	is("hazptr_pending", 0)
	is("hazptr_pending_bytes", 0)
	is("hazptr_oldest_pending_seconds", 0)

	// A reclaim function that does not return.
	gone := make(chan bool)
	wait = func() { <-gone }
	source.Replace(&object{11})
	litmus.Eventually(t, "it is blocked", func() bool { s = target.scrape(); return s.of(t, "hazptr_blocked", "maps") == 1 })
	is("hazptr_pending", 1)
	is("hazptr_workers", 1)
	close(gone)
	flush(d.Barrier)
	is("hazptr_blocked", 0)
	is("hazptr_reclaimed_total", 12)
}

// promlint knows Prometheus' conventions for names and help.
func TestLint(t *testing.T) {
	d := newDomain(t, hazptr.Config{Name: "maps", MaxPendingBytes: 1})
	newValue(t, "maps")
	newFaults(t, "maps")
	for _, c := range []prometheus.Collector{All(), NewCollector(d)} {
		problems, err := testutil.GatherAndLint(registryOf(t, c))
		if err != nil {
			t.Error(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	families := newTarget(t, NewCollector(d)).scrape()
	for name := range names() {
		if families[name] == nil {
			t.Errorf("%s is described, but not shown", name)
		}
	}
	if len(families) != len(names()) {
		t.Errorf("%d metrics are shown, %d described", len(families), len(names()))
	}
}
