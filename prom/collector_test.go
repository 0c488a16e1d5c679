package prom

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"hazptr"
)

type edition struct{ _ [64]byte }

func closeDomain(t *testing.T, d *hazptr.Domain) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Error(err)
	}
}

// scrape asks a server as Prometheus does.
func scrape(t *testing.T, url string) map[string]*dto.MetricFamily {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != 200 {
		t.Fatal(r.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// value returns the value of a metric of a domain, or of the process where that is "".
func value(t *testing.T, families map[string]*dto.MetricFamily, name, domain string) float64 {
	t.Helper()
	family := families[name]
	if family == nil {
		t.Fatalf("no %s", name)
	}
	for _, m := range family.Metric {
		found := domain == ""
		for _, l := range m.Label {
			found = found || l.GetName() == "domain" && l.GetValue() == domain
		}
		if found {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	t.Fatalf("%s has no domain %q", name, domain)
	return 0
}

// A scrape over the network tells of a reader who stays, and that he has left.
func TestScrape(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(NewCollector())
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	defer server.Close()

	d := hazptr.NewDomain(hazptr.Config{Name: "scraped \"\n", StallAfter: time.Millisecond, OnStall: func(hazptr.Stall) {}, MaxPendingBytes: 1 << 20, Workers: 3})
	var source atomic.Pointer[edition]
	source.Store(new(edition))
	g := hazptr.Acquire(&source)
	hazptr.RetireIn(d, source.Swap(nil), 4096, func(*edition) {})
	for end := time.Now().Add(10 * time.Second); d.Stats().Stalls == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no stall")
		}
	}
	const name = "scraped \"\n"
	families := scrape(t, server.URL)
	for metric, want := range map[string]float64{
		"hazptr_retired_objects_total": 1, "hazptr_reclaimed_objects_total": 0, "hazptr_retired_bytes_total": 4096, "hazptr_pending_objects": 1, "hazptr_pending_bytes": 4096,
		"hazptr_pending_bytes_limit": 1 << 20, "hazptr_blocked_objects": 0, "hazptr_holding_hazard_pointers": 1, "hazptr_scans_total": 1, "hazptr_fences_total": 1,
		"hazptr_workers": 0, "hazptr_workers_limit": 3,
	} {
		if got := value(t, families, metric, name); got != want {
			t.Errorf("%s is %v, want %v", metric, got, want)
		}
	}
	for _, metric := range []string{"hazptr_oldest_pending_age_seconds", "hazptr_stalls_total", "hazptr_pending_objects_limit", "hazptr_scan_seconds_total"} {
		if got := value(t, families, metric, name); got <= 0 {
			t.Errorf("%s is %v", metric, got)
		}
	}
	if got := value(t, families, "hazptr_oldest_pending_age_seconds", name); got < 0.001 || got > 60 {
		t.Errorf("the oldest has an age of %v s", got)
	}
	if got := value(t, families, "hazptr_guards", ""); got < 1 {
		t.Errorf("%v Guards", got)
	}
	value(t, families, "hazptr_pending_objects", "default")
	for _, m := range families["hazptr_pending_bytes_limit"].Metric {
		if m.Label[0].GetValue() == "default" {
			t.Error("a domain without a limit has one")
		}
	}

	g.Release()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := d.Barrier(ctx); err != nil {
		t.Fatal(err)
	}
	families = scrape(t, server.URL)
	if pending, reclaimed := value(t, families, "hazptr_pending_objects", name), value(t, families, "hazptr_reclaimed_objects_total", name); pending != 0 || reclaimed != 1 {
		t.Errorf("after Release, %v are pending and %v reclaimed", pending, reclaimed)
	}
	closeDomain(t, d)
	for _, m := range scrape(t, server.URL)["hazptr_pending_objects"].Metric {
		if m.Label[0].GetValue() == name {
			t.Error("a closed domain is there")
		}
	}
}

// The names are as Prometheus wants them.
func TestLint(t *testing.T) {
	d := hazptr.NewDomain(hazptr.Config{Name: "lint", MaxPendingBytes: 1}) // so that every metric is there
	defer closeDomain(t, d)
	c := NewCollector()
	problems, err := testutil.CollectAndLint(c)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil || len(families) != len(c.metrics) {
		t.Errorf("%d families of %d, %v", len(families), len(c.metrics), err)
	}
}

// Every field of Stats is in a metric, with its value.
func TestEveryField(t *testing.T) {
	c := NewCollector()
	var empty sample
	for i := range reflect.TypeFor[hazptr.Stats]().NumField() {
		field := reflect.TypeFor[hazptr.Stats]().Field(i)
		s := sample{domain: "d"}
		v := reflect.ValueOf(&s.stats).Elem().Field(i)
		want := 7.0
		switch {
		case field.Type == reflect.TypeFor[time.Duration]():
			v.SetInt(int64(7 * time.Second))
		case v.CanInt():
			v.SetInt(7)
		default:
			v.SetString("a fence")
			want = 1
		}
		changed := 0
		for _, m := range c.metrics {
			if got := m.unit * float64(m.value(&s)); got != m.unit*float64(m.value(&empty)) || m.fence && field.Name == "Fence" {
				changed++
				if got != want {
					t.Errorf("%s: %s is %v", field.Name, m.name, got)
				}
			}
		}
		if changed != 1 {
			t.Errorf("%s is in %d metrics", field.Name, changed)
		}
	}
}

// Scrapes may come at the same time, while domains come and go; whatever their names are.
func TestScrapesAtTheSameTime(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(NewCollector())
	stop := make(chan struct{})
	var coming sync.WaitGroup
	coming.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			a, b := hazptr.NewDomain(hazptr.Config{Name: "twin"}), hazptr.NewDomain(hazptr.Config{Name: "twin"})
			c := hazptr.NewDomain(hazptr.Config{Name: "no text \xff" + strings.Repeat("x", n%3)})
			closeDomain(t, a)
			closeDomain(t, b)
			closeDomain(t, c)
		}
	})
	var scrapes sync.WaitGroup
	for range 4 {
		scrapes.Go(func() {
			for range 50 {
				if _, err := registry.Gather(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	scrapes.Wait()
	close(stop)
	coming.Wait()
}

func ExampleNewCollector() {
	registry := prometheus.NewRegistry() // or prometheus.MustRegister, for the default one
	registry.MustRegister(NewCollector())
	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
	}
	for _, f := range families {
		if f.GetName() == "hazptr_pending_objects" {
			fmt.Println(f.GetName(), f.Metric[0].Label[0].GetValue(), f.Metric[0].Gauge.GetValue())
		}
	}
	// Output: hazptr_pending_objects default 0
}
