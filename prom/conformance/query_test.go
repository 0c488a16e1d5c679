package conformance

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"hazptr"
	"hazptr/prom"
)

// What Prometheus adds.
const job, instance = "job", "instance"

// A recording is what Prometheus has scraped.
type recording struct {
	series     map[string]*promql.Series
	begin, end time.Time
}

// scrape adds what r gathers now.
func (rec *recording) scrape(t *testing.T, r *prometheus.Registry) {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	rec.end = time.Now()
	if rec.series == nil {
		rec.series = map[string]*promql.Series{}
		rec.begin = rec.end
	}
	for _, f := range families {
		for _, m := range f.Metric {
			b := labels.NewScratchBuilder(4)
			b.Add(model.MetricNameLabel, f.GetName())
			b.Add(job, "server")
			b.Add(instance, "host:80")
			for _, l := range m.Label {
				b.Add(l.GetName(), l.GetValue())
			}
			b.Sort()
			s := rec.series[b.Labels().String()]
			if s == nil {
				s = &promql.Series{Metric: b.Labels()}
				rec.series[b.Labels().String()] = s
			}
			s.Floats = append(s.Floats, promql.FPoint{T: rec.end.UnixMilli(), F: m.GetCounter().GetValue() + m.GetGauge().GetValue()})
		}
	}
}

func (rec *recording) Querier(int64, int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		var found selected
		for _, s := range rec.series {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.Metric.Get(m.Name)) }) {
				found.left = append(found.left, s)
			}
		}
		slices.SortFunc(found.left, func(a, b *promql.Series) int { return labels.Compare(a.Metric, b.Metric) })
		return &found
	}}, nil
}

// selected is a storage.SeriesSet.
type selected struct{ at, left []*promql.Series }

func (s *selected) Next() bool {
	if len(s.left) == 0 {
		return false
	}
	s.at, s.left = s.left[:1], s.left[1:]
	return true
}

func (s *selected) At() storage.Series                { return promql.NewStorageSeries(*s.at[0]) }
func (s *selected) Err() error                        { return nil }
func (s *selected) Warnings() annotations.Annotations { return nil }

func newEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{MaxSamples: 1 << 20, Timeout: 10 * time.Second, LookbackDelta: 5 * time.Minute})
}

// ask returns how many series the expression has at a time.
func (rec *recording) ask(t *testing.T, engine *promql.Engine, expr string, at time.Time) int {
	t.Helper()
	query, err := engine.NewInstantQuery(context.Background(), rec, nil, expr, at)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	defer query.Close()
	result := query.Exec(context.Background())
	found, err := result.Vector()
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	if len(result.Warnings) > 0 {
		t.Errorf("%s: %v", expr, result.Warnings)
	}
	return len(found)
}

func registryOf(d *hazptr.Domain) *prometheus.Registry {
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(prom.NewCollector(d))
	return r
}

// metrics returns those of the collector, with the label that each has beside
// Prometheus' own.
func metrics() map[string]string {
	ch := make(chan *prometheus.Desc, 100)
	prom.All().Describe(ch)
	close(ch)
	all := map[string]string{}
	for d := range ch {
		found := description.FindStringSubmatch(d.String())
		all[found[1]] = found[2]
	}
	return all
}

var description = regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{(\w*)\}`)

// A use is a metric in an expression.
type use struct {
	name   string
	within string // the function that gets a range of it
}

// parse returns the metrics that an expression uses.
func parse(t *testing.T, expr string) (uses []use) {
	t.Helper()
	tree, err := parser.ParseExpr(expr)
	if err != nil {
		t.Errorf("%s: %v", expr, err)
		return nil
	}
	parser.Inspect(tree, func(n parser.Node, path []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			u := use{name: s.Name}
			for _, above := range path {
				if call, ok := above.(*parser.Call); ok && s.Name != "" {
					u.within = call.Func.Name
				}
			}
			uses = append(uses, u)
		}
		return nil
	})
	if len(uses) == 0 {
		t.Errorf("%s: has no metric", expr)
	}
	return uses
}

// labelsOf returns the labels that the series of an expression may have, and
// fails the test where it uses what is no metric.
func labelsOf(t *testing.T, expr string) []string {
	t.Helper()
	found := []string{job, instance}
	known := metrics()
	for _, u := range parse(t, expr) {
		label, ok := known[u.name]
		if !ok {
			t.Errorf("%s: %s is no metric", expr, u.name)
		}
		found = append(found, label)
	}
	return found
}
