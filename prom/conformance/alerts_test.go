package conformance

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/long"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"

	"hazptr"
	"hazptr/internal/report"
	"hazptr/live"
)

func readRules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile("../alerts.yml", false, model.LegacyValidation)
	for _, err := range errs {
		t.Error(err)
	}
	if len(errs) > 0 || len(groups.Groups) != 1 {
		t.Fatal("want one group, and no errors")
	}
	return groups.Groups[0].Rules
}

var labelInTemplate = regexp.MustCompile(`\$labels\.(\w+)`)

// The rules are as Prometheus wants them, and use metrics and labels that there
// are.
func TestAlerts(t *testing.T) {
	for _, rule := range readRules(t) {
		there := labelsOf(t, rule.Expr)
		if rule.Labels["severity"] == "" {
			t.Errorf("%s has no severity", rule.Alert)
		}
		for _, text := range []string{"summary", "description"} {
			if rule.Annotations[text] == "" {
				t.Errorf("%s has no %s", rule.Alert, text)
			}
			for _, label := range labelInTemplate.FindAllStringSubmatch(rule.Annotations[text], -1) {
				if !slices.Contains(there, label[1]) {
					t.Errorf("%s: its %s has the label %s, its metrics have %q", rule.Alert, text, label[1], there)
				}
			}
		}
	}
}

type object int

const scrapeInterval = 15 * time.Second

// fired returns the alerts that fire at some time of a recording.
func fired(t *testing.T, rec *recording) (alerts []string) {
	t.Helper()
	engine := newEngine()
	for _, rule := range readRules(t) {
		var since time.Time
		for at := rec.begin; !at.After(rec.end); at = at.Add(scrapeInterval) {
			if rec.ask(t, engine, rule.Expr, at) == 0 {
				since = time.Time{}
			} else if since.IsZero() {
				since = at
			}
			if !since.IsZero() && at.Sub(since) >= time.Duration(rule.For) {
				alerts = append(alerts, rule.Alert)
				break
			}
		}
	}
	return alerts
}

// lost is what leaked Holders protect: its addresses must not become those of
// other objects.
var lost []*object

// Each rule fires in the trouble that it is for, with figures of a domain that
// is in it, and no other does.
func TestAlertsFire(t *testing.T) {
	long.Only(t, "it runs Prometheus' engine on hours of samples")
	type scene struct {
		t      *testing.T
		domain *hazptr.Domain
	}
	// protected retires objects that a reader holds until the end.
	protected := func(s scene, objects int, bytes int64) (release func()) {
		var readers []hazptr.Guard[object]
		for range objects {
			source := hazptr.NewPointer(hazptr.PointerConfig[object]{
				Reclaim: func(*object) {},
				Bytes:   func(*object) int64 { return bytes },
				Domain:  s.domain,
			}, new(object))
			readers = append(readers, source.Acquire())
			source.Replace(nil)
		}
		return func() {
			for i := range readers {
				readers[i].Release()
			}
		}
	}
	// slow retires objects whose reclaim functions take their time.
	slow := func(s scene, objects int) {
		for range objects {
			hazptr.RetireIn(s.domain, new(object), 100, func(*object) { time.Sleep(10 * time.Millisecond) })
		}
	}
	// value opens a Value of which the first Load alone goes well.
	value := func(s scene, name string) *live.Value[*object] {
		loads := 0
		v, err := live.Open(s.t.Context(), live.Options[*object]{
			Name: name,
			Load: func(context.Context) (*object, error) {
				if loads++; loads > 1 {
					return nil, errors.New("no")
				}
				return new(object), nil
			},
			Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			s.t.Fatal(err)
		}
		return v
	}
	end := func(s scene, v *live.Value[*object]) {
		if err := v.Shutdown(s.t.Context()); err != nil {
			s.t.Error(err)
		}
	}
	for _, test := range []struct {
		name   string
		config hazptr.Config
		begin  func(scene) (end func())
		every  func(scene) // 15s
		want   []string
	}{
		{name: "all is well", config: hazptr.Config{StallAfter: time.Second, MaxPendingBytes: 10000},
			every: func(s scene) {
				for range 100 {
					hazptr.RetireIn(s.domain, new(object), 50, func(*object) {})
				}
			}},
		{name: "a reader that leaves in time",
			begin: func(s scene) func() {
				time.AfterFunc(100*time.Second, protected(s, 1, 0))
				return func() {}
			}},
		{name: "a reader stays",
			begin: func(s scene) func() { return protected(s, 1, 0) },
			want:  []string{"HazptrOldestPending"}},
		{name: "a reader stays, and is reported", config: hazptr.Config{StallAfter: time.Second, OnStall: func(hazptr.Stall) {}},
			begin: func(s scene) func() { return protected(s, 1, 0) },
			want:  []string{"HazptrOldestPending", "HazptrStalls"}},
		{name: "many objects are held", config: hazptr.Config{MaxPending: 20},
			begin: func(s scene) func() { return protected(s, 17, 0) },
			want:  []string{"HazptrOldestPending", "HazptrPendingNearBound"}},
		{name: "large objects are held", config: hazptr.Config{MaxPendingBytes: 1000},
			begin: func(s scene) func() { return protected(s, 1, 900) },
			want:  []string{"HazptrOldestPending", "HazptrPendingBytesNearBound"}},
		{name: "a reclaim function blocks",
			begin: func(s scene) func() {
				gone := make(chan bool)
				hazptr.RetireIn(s.domain, new(object), 0, func(*object) { <-gone })
				return func() { close(gone) }
			},
			want: []string{"HazptrOldestPending", "HazptrReclaimBlocked"}},
		{name: "reclaim functions are slower than Retires", config: hazptr.Config{Workers: 1, MaxPendingBytes: 1000},
			every: func(s scene) { slow(s, 250) },
			want:  []string{"HazptrRetireSlowed"}},
		{name: "so they are, but seldom", config: hazptr.Config{Workers: 1, MaxPendingBytes: 1000},
			every: func(s scene) { slow(s, 30) }},
		{name: "a Holder is dropped",
			every: func(s scene) {
				before := s.domain.Stats().Leaked
				hazptr.NewHolder[object]()
				for s.domain.Stats().Leaked == before {
					runtime.GC()
				}
			},
			want: []string{"HazptrHoldersLeaked"}},
		{name: "a Holder is dropped that protects",
			every: func(s scene) {
				before := s.domain.Stats().LeakedProtecting
				lost = append(lost, new(object))
				hazptr.NewHolder[object]().Set(lost[len(lost)-1])
				for s.domain.Stats().LeakedProtecting == before {
					runtime.GC()
				}
			},
			want: []string{"HazptrHoldersLeaked", "HazptrLeakedProtecting"}},
		{name: "values are replaced in time",
			begin: func(s scene) func() {
				v := value(s, "rules")
				for range 10 {
					v.Store(new(object))
				}
				return func() { end(s, v) }
			}},
		{name: "a Load fails",
			begin: func(s scene) func() {
				v := value(s, "rules")
				v.Reload(s.t.Context())
				return func() { end(s, v) }
			},
			want: []string{"HazptrLiveReloadFailing"}},
		{name: "a Load fails, and goes well again",
			begin: func(s scene) func() {
				fail := errors.New("no")
				v := live.NewPlain(1, live.PlainOptions[int]{
					Name:   "rules",
					Load:   func(context.Context) (int, error) { return 1, fail },
					Logger: slog.New(slog.DiscardHandler),
				})
				v.Reload(s.t.Context())
				time.AfterFunc(4*time.Minute, func() {
					fail = nil
					v.Reload(s.t.Context())
				})
				return func() { v.Shutdown(s.t.Context()) }
			}},
		{name: "a replaced value stays in use",
			begin: func(s scene) func() {
				v := value(s, "rules")
				lease, err := v.Acquire()
				if err != nil {
					s.t.Fatal(err)
				}
				v.Store(new(object))
				return func() {
					lease.Release()
					end(s, v)
				}
			},
			want: []string{"HazptrLiveOldValues"}},
		{name: "a mapped file is truncated",
			begin: func(s scene) func() {
				faults := new(atomic.Int64)
				entry := report.Faults.Add("cities.mmdb", faults)
				time.AfterFunc(time.Minute, func() { faults.Add(1) })
				return func() { report.Faults.Remove(entry); runtime.KeepAlive(faults) }
			},
			want: []string{"HazptrMappedFaults"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := hazptr.Default().Stats()
			var rec recording
			// Ten minutes are over at once.
			synctest.Test(t, func(t *testing.T) {
				test.config.Name = "maps"
				s := scene{t, hazptr.NewDomain(test.config)}
				registry := registryOf(s.domain)
				rec.scrape(t, registry)
				end := func() {}
				if test.begin != nil {
					end = test.begin(s)
				}
				for range int(12 * time.Minute / scrapeInterval) {
					next := time.Now().Add(scrapeInterval)
					if test.every != nil {
						test.every(s)
					}
					time.Sleep(time.Until(next))
					rec.scrape(t, registry)
				}
				end()
				if err := s.domain.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
			want := test.want
			if before.LeakedProtecting > 0 && !slices.Contains(want, "HazptrLeakedProtecting") {
				want = append(want, "HazptrLeakedProtecting")
			}
			if before.Fence == "stop-the-world" {
				want = append(want, "HazptrFenceStopsTheWorld")
			}
			if got := fired(t, &rec); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				t.Errorf("%q fire, want %q", got, want)
			}
		})
	}
}
