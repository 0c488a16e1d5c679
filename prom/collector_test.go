package prom

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"hazptr"
	"hazptr/internal/litmus"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func newDomain(t *testing.T, c hazptr.Config) *hazptr.Domain {
	t.Helper()
	d := hazptr.NewDomain(c)
	t.Cleanup(func() { closeDomain(t, d) })
	return d
}

func closeDomain(t *testing.T, d *hazptr.Domain) {
	t.Helper()
	if err := d.Close(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

// shown returns the labels of the domains that a collector shows, sorted.
func shown(t *testing.T, c prometheus.Collector) (labels []string) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "hazptr_pending" {
			for _, m := range f.Metric {
				labels = append(labels, m.Label[0].GetValue())
			}
		}
	}
	return labels
}

func TestCollectorShowsWhatItIsGiven(t *testing.T) {
	maps, models := newDomain(t, hazptr.Config{Name: "maps"}), newDomain(t, hazptr.Config{Name: "models"})
	want := func(c *Collector, labels ...string) {
		t.Helper()
		if got := shown(t, c); !slices.Equal(got, labels) {
			t.Errorf("shown: %q, want %q", got, labels)
		}
	}
	c := NewCollector()
	want(c, "default")
	c.Add(maps)
	c.Add(maps)
	want(c, "default", "maps")
	c.Forget(nil)
	c.Forget(models)
	want(c, "maps")
	c.Add(models)
	c.Add(nil)
	want(c, "default", "maps", "models")
	want(NewCollector(models, models), "models")
	c.Forget(maps)
	c.Forget(models)
	c.Forget(nil)
	want(c)
	if n, err := testutil.GatherAndCount(registryOf(t, c), "hazptr_guards"); n != 1 || err != nil {
		t.Errorf("without domains, %d figures of the process: %v", n, err)
	}
}

func registryOf(t *testing.T, c prometheus.Collector) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCollectorWantsNames(t *testing.T) {
	nameless := newDomain(t, hazptr.Config{})
	defer func() {
		if said := fmt.Sprint(recover()); !strings.Contains(said, "has no Config.Name") {
			t.Errorf("panic: %s", said)
		}
	}()
	NewCollector(nameless)
	t.Error("no panic")
}

// Names that are given twice, or are no UTF-8, fail no scrape.
func TestCollectorTellsNamesApart(t *testing.T) {
	a, b := newDomain(t, hazptr.Config{Name: "twin"}), newDomain(t, hazptr.Config{Name: "twin"})
	bad, worse := newDomain(t, hazptr.Config{Name: "a\xff"}), newDomain(t, hazptr.Config{Name: "a\xfe"})
	c := NewCollector(worse, bad, b, a)
	if got, want := shown(t, c), []string{`"a\xfe"`, `"a\xff"`, "twin", "twin#2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c.Forget(a)
	if got, want := shown(t, c), []string{`"a\xfe"`, `"a\xff"`, "twin#2"}; !slices.Equal(got, want) {
		t.Errorf("when the first is forgotten: %q, want %q", got, want)
	}
}

// A Collector keeps a domain that the program has dropped, until it is closed
// or forgotten, and then has nothing left of it.
func TestCollectorKeepsAlive(t *testing.T) {
	c := NewCollector()
	c.Forget(nil)
	add := func(name string) weak.Pointer[hazptr.Domain] {
		d := hazptr.NewDomain(hazptr.Config{Name: name})
		c.Add(d)
		return weak.Make(d)
	}
	closed, forgotten := add("closed"), add("forgotten")
	for range 3 {
		runtime.GC()
	}
	if got, want := shown(t, c), []string{"closed", "forgotten"}; !slices.Equal(got, want) {
		t.Fatalf("after a garbage collection %q are shown, want %q", got, want)
	}
	closeDomain(t, closed.Value())
	c.Forget(forgotten.Value())
	if got := shown(t, c); len(got) > 0 {
		t.Errorf("%q are shown", got)
	}
	if len(c.domains) > 0 {
		t.Errorf("%d domains are left", len(c.domains))
	}
	litmus.Eventually(t, "the domains are collected", func() bool {
		runtime.GC()
		return closed.Value() == nil && forgotten.Value() == nil
	})
}

// Closed domains do not pile up in a Collector that is never scraped.
func TestCollectorWithoutScrapes(t *testing.T) {
	c := NewCollector()
	for range 200 {
		d := hazptr.NewDomain(hazptr.Config{Name: "short"})
		c.Add(d)
		closeDomain(t, d)
		c.Add(d)
	}
	if n := len(c.domains); n > 50 {
		t.Errorf("%d domains are left", n)
	}
}

// A second one in a registry would make every scrape fail, so it is refused at
// the start.
func TestOneToARegistry(t *testing.T) {
	maps := newDomain(t, hazptr.Config{Name: "maps"})
	for _, c := range []prometheus.Collector{All(), NewCollector(), NewCollector(maps)} {
		if err := registryOf(t, All()).Register(c); err == nil {
			t.Errorf("a registry takes %T beside All", c)
		}
		if err := registryOf(t, NewCollector(maps)).Register(c); err == nil {
			t.Errorf("a registry takes %T beside a Collector", c)
		}
	}
}

// Domains come and go, are added and forgotten, while many scrape.
func TestScrapesAtOnce(t *testing.T) {
	c := NewCollector()
	registries := []*prometheus.Registry{registryOf(t, c), registryOf(t, All())}
	end := time.Now().Add(litmus.Duration() / 2)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for time.Now().Before(end) {
				if _, err := registries[n%2].Gather(); err != nil {
					t.Error(err)
					return
				}
			}
		})
		wg.Go(func() {
			for i := 0; time.Now().Before(end); i++ {
				d := hazptr.NewDomain(hazptr.Config{Name: "short"})
				c.Add(d)
				hazptr.RetireIn(d, new(int), 1, func(*int) {})
				if i%2 == 0 {
					c.Forget(d)
				}
				closeDomain(t, d)
			}
		})
	}
	wg.Wait()
	if got, want := shown(t, c), []string{"default"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func BenchmarkCollect(b *testing.B) {
	ch := make(chan prometheus.Metric, 100)
	c := NewCollector()
	b.ReportAllocs()
	for b.Loop() {
		c.Collect(ch)
		for len(ch) > 0 {
			<-ch
		}
	}
}
