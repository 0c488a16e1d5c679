package conformance

import (
	"encoding/json"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr"
	"hazptr/internal/report"
	"hazptr/live"
)

// What of a dashboard must fit the collector, and itself.
type dashboard struct {
	Panels     []panel
	Templating struct{ List []variable }
}

type panel struct {
	ID         int
	Type       string
	Title      string
	Datasource source
	GridPos    struct{ X, Y, W, H int }
	Targets    []struct {
		RefID        string
		Expr         string
		LegendFormat string
		Datasource   source
	}
}

type source struct{ Type, UID string }

type variable struct {
	Name, Type string
	Query      any    // a string, but for those of type query
	Definition string // what Grafana shows of a query
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("../dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Panels) == 0 {
		t.Fatal("no panels")
	}
	return d
}

// Each panel has its place.
func TestDashboardGrid(t *testing.T) {
	panels := readDashboard(t).Panels
	for i, p := range panels {
		g := p.GridPos
		if p.ID <= 0 || p.Title == "" || g.X < 0 || g.Y < 0 || g.W < 1 || g.H < 1 || g.X+g.W > 24 {
			t.Errorf("panel %q has id %d and grid position %+v", p.Title, p.ID, g)
		}
		for _, q := range panels[:i] {
			if p.ID == q.ID {
				t.Errorf("panels %q and %q have id %d", q.Title, p.Title, p.ID)
			}
			if o := q.GridPos; g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H {
				t.Errorf("panels %q and %q overlap", q.Title, p.Title)
			}
		}
	}
}

var (
	variableInQuery = regexp.MustCompile(`\$(\w+)`)
	labelInLegend   = regexp.MustCompile(`\{\{(\w+)\}\}`)
	labelValues     = regexp.MustCompile(`^label_values\((.*), (\w+)\)$`)
)

// filled returns an expression as Grafana sends it, with everything chosen.
func filled(t *testing.T, d dashboard, expr string) string {
	t.Helper()
	return variableInQuery.ReplaceAllStringFunc(expr, func(name string) string {
		switch {
		case name == "$__rate_interval" || name == "$__range":
			return "1m"
		case slices.ContainsFunc(d.Templating.List, func(v variable) bool { return "$"+v.Name == name }):
			return ".*"
		}
		t.Errorf("%s: there is no variable %s", expr, name)
		return name
	})
}

// Every query is PromQL and finds series of a live domain; every metric is
// shown somewhere, counters as what they grow by.
func TestDashboardQueries(t *testing.T) {
	d := readDashboard(t)
	maps := hazptr.NewDomain(hazptr.Config{Name: "maps", MaxPendingBytes: 1})
	defer live.NewPlain(1, live.PlainOptions[int]{Name: "rules"}).Close()
	faults := new(atomic.Int64)
	defer report.Faults.Remove(report.Faults.Add("cities.mmdb", faults))
	defer runtime.KeepAlive(faults)
	var rec recording
	for registry := registryOf(maps); len(rec.series) == 0 || rec.end.Sub(rec.begin) < 20*time.Millisecond; time.Sleep(5 * time.Millisecond) {
		hazptr.RetireIn(maps, new(object), 0, func(*object) {})
		rec.scrape(t, registry)
	}
	engine := newEngine()
	shown := map[string]bool{}
	for _, p := range d.Panels {
		if (p.Type == "row") != (len(p.Targets) == 0) {
			t.Errorf("panel %q, a %s, has %d queries", p.Title, p.Type, len(p.Targets))
		}
		refs := map[string]bool{}
		for _, q := range p.Targets {
			want := source{"prometheus", "${datasource}"}
			if p.Datasource != want || q.Datasource != want {
				t.Errorf("panel %q asks %v and %v, want %v", p.Title, p.Datasource, q.Datasource, want)
			}
			if q.RefID == "" || refs[q.RefID] {
				t.Errorf("panel %q has two queries %q", p.Title, q.RefID)
			}
			refs[q.RefID] = true
			expr := filled(t, d, q.Expr)
			there := labelsOf(t, expr)
			for _, label := range labelInLegend.FindAllStringSubmatch(q.LegendFormat, -1) {
				if !slices.Contains(there, label[1]) {
					t.Errorf("panel %q: the legend has the label %s, the metrics have %q", p.Title, label[1], there)
				}
			}
			for _, u := range parse(t, expr) {
				shown[u.name] = true
				sinceStart := strings.HasPrefix(u.name, "hazptr_leaked_") && p.Type == "timeseries"
				if counts := u.within == "rate" || u.within == "increase"; counts != (strings.HasSuffix(u.name, "_total") && !sinceStart) {
					t.Errorf("panel %q: %s within %q", p.Title, u.name, u.within)
				}
			}
			if rec.ask(t, engine, expr, rec.end) == 0 {
				t.Errorf("panel %q: %s finds nothing", p.Title, expr)
			}
		}
	}
	for name := range metrics() {
		if !shown[name] {
			t.Errorf("%s is in no panel", name)
		}
	}
	for _, v := range d.Templating.List {
		if v.Type != "query" {
			continue
		}
		if asked, ok := v.Query.(map[string]any); !ok || asked["query"] != v.Definition {
			t.Errorf("variable %s: asks %v, and shows %s", v.Name, v.Query, v.Definition)
		}
		parts := labelValues.FindStringSubmatch(v.Definition)
		if parts == nil {
			t.Errorf("variable %s: %q is no label_values(SERIES, LABEL)", v.Name, v.Definition)
		} else if there := labelsOf(t, filled(t, d, parts[1])); !slices.Contains(there, parts[2]) {
			t.Errorf("variable %s: the metric has the labels %q", v.Name, there)
		}
	}
}
