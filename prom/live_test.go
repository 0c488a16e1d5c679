package prom

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hazptr"
	"hazptr/internal/litmus"
	"hazptr/internal/report"
	"hazptr/live"
)

// A loaded is a Value whose Load is told what to return.
type loaded struct {
	*live.Value[int]
	err error // what the next Load returns
}

func newValue(t *testing.T, name string) *loaded {
	t.Helper()
	v := new(loaded)
	v.Value = live.New(0, live.Options[int]{
		Name:   name,
		Load:   func(context.Context) (int, error) { return 1, v.err },
		Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() {
		if err := v.Shutdown(litmus.Context(t)); err != nil {
			t.Error(err)
		}
	})
	return v
}

func newFaults(t *testing.T, name string) *atomic.Int64 {
	faults := new(atomic.Int64)
	entry := report.Faults.Add(name, faults)
	t.Cleanup(func() {
		report.Faults.Remove(entry)
		runtime.KeepAlive(faults) // the list does not
	})
	return faults
}

// Values are shown by every collector, and how their Loads went.
func TestScrapeLive(t *testing.T) {
	for _, target := range []*target{newTarget(t, All()), newTarget(t, NewCollector(newDomain(t, hazptr.Config{Name: "other"})))} {
		t.Run("", func(t *testing.T) {
			var s scraped
			is := func(metric, name string, want float64) {
				t.Helper()
				if got, found := s.find(metric, "name", name); !found || got != want {
					t.Errorf("%s of %q is %v, %t, want %v", metric, name, got, found, want)
				}
			}
			absent := func(metric, name string) {
				t.Helper()
				if got, found := s.find(metric, "name", name); found {
					t.Errorf("%s of %q is %v, want none", metric, name, got)
				}
			}
			succeeded := func(name string) float64 {
				t.Helper()
				at, found := s.find("hazptr_live_last_reload_success_timestamp_seconds", "name", name)
				if age := time.Since(time.UnixMicro(int64(at * 1e6))); !found || age < 0 || age > time.Minute {
					t.Errorf("the last success of %q was %v ago, %t", name, age, found)
				}
				return at
			}

			v, _, odd := newValue(t, "geoip"), newValue(t, "geoip"), newValue(t, "a\xff")
			faults := newFaults(t, "cities.mmdb")
			s = target.scrape()
			for _, name := range []string{"geoip", "geoip#2", `"a\xff"`} {
				is("hazptr_live_last_reload_successful", name, 1)
				is("hazptr_live_reload_failures_total", name, 0)
				is("hazptr_live_old_values", name, 0)
			}
			is("hazptr_mapped_faults_total", "cities.mmdb", 0)
			first := succeeded("geoip")

			lease, err := v.Acquire()
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Reload(litmus.Context(t)); err != nil {
				t.Fatal(err)
			}
			v.err = errors.New("no")
			if err := v.Reload(litmus.Context(t)); err == nil {
				t.Error("the Load went well")
			}
			faults.Add(3)
			s = target.scrape()
			is("hazptr_live_last_reload_successful", "geoip", 0)
			is("hazptr_live_last_reload_successful", "geoip#2", 1)
			is("hazptr_live_reload_failures_total", "geoip", 1)
			is("hazptr_live_old_values", "geoip", 1)
			is("hazptr_mapped_faults_total", "cities.mmdb", 3)
			if second := succeeded("geoip"); second <= first {
				t.Errorf("the last success was at %v, and then at %v", first, second)
			}

			v.err = live.ErrUnchanged
			if err := v.Reload(litmus.Context(t)); err != nil {
				t.Error(err)
			}
			s = target.scrape()
			is("hazptr_live_last_reload_successful", "geoip", 1)

			v.Close()
			litmus.Eventually(t, "only what is in use is left", func() bool {
				s = target.scrape()
				left, _ := s.find("hazptr_live_old_values", "name", "geoip")
				return left == 1
			})
			absent("hazptr_live_last_reload_successful", "geoip")
			absent("hazptr_live_last_reload_success_timestamp_seconds", "geoip")
			lease.Release()
			for _, v := range []*loaded{v, odd} {
				if err := v.Shutdown(litmus.Context(t)); err != nil {
					t.Error(err)
				}
			}
			s = target.scrape()
			absent("hazptr_live_old_values", "geoip")
			absent("hazptr_live_old_values", `"a\xff"`)
			is("hazptr_live_old_values", "geoip#2", 0)
		})
	}
}

// While the first Load runs there is nothing to say of the last.
func TestScrapeOfAFirstLoad(t *testing.T) {
	loading, goOn := make(chan bool), make(chan bool)
	opened := make(chan error)
	target := newTarget(t, All())
	go func() {
		v, err := live.Open(context.Background(), live.Options[int]{Name: "first", Load: func(context.Context) (int, error) {
			close(loading)
			<-goOn
			return 1, nil
		}})
		if err == nil {
			err = v.Shutdown(context.Background())
		}
		opened <- err
	}()
	<-loading
	s := target.scrape()
	if _, found := s.find("hazptr_live_reload_failures_total", "name", "first"); !found {
		t.Error("it is not shown")
	}
	if got, found := s.find("hazptr_live_last_reload_successful", "name", "first"); found {
		t.Errorf("the last Load is %v, want none", got)
	}
	close(goOn)
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
