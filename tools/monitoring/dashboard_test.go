package monitoring

import (
	"encoding/json"
	"strings"
	"testing"
)

// The dashboard's panels ask for what there is, stand side by side, and show every metric.
func TestDashboard(t *testing.T) {
	type position struct{ X, Y, W, H int }
	var dashboard struct {
		Title, UID    string
		SchemaVersion int
		Panels        []struct {
			ID          int
			Title       string
			Description string
			GridPos     position
			Targets     []struct{ Expr, RefID string }
		}
		Templating struct {
			List []struct{ Name, Definition string }
		}
	}
	if err := json.Unmarshal(read(t, "dashboard.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	names, asked, ids := exported(t), map[string]bool{}, map[int]bool{}
	// What Grafana puts in.
	fill := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*", "$domain", ".*")
	for i, p := range dashboard.Panels {
		if ids[p.ID] || p.ID == 0 || p.Title == "" || p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d lacks something: %+v", i, p)
		}
		ids[p.ID] = true
		refs := map[string]bool{}
		for _, target := range p.Targets {
			if refs[target.RefID] {
				t.Errorf("%s: two queries %s", p.Title, target.RefID)
			}
			refs[target.RefID] = true
			for _, fault := range faults(names, asked, fill.Replace(target.Expr)) {
				t.Error(fault)
			}
		}
		a := p.GridPos
		if a.X < 0 || a.W <= 0 || a.H <= 0 || a.X+a.W > 24 {
			t.Errorf("%s stands outside: %+v", p.Title, a)
		}
		for _, other := range dashboard.Panels[:i] {
			b := other.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%s stands on %s", p.Title, other.Title)
			}
		}
	}
	for _, v := range dashboard.Templating.List {
		if v.Definition == "" {
			continue
		}
		query, found := strings.CutPrefix(v.Definition, "label_values(")
		if !found {
			t.Errorf("%s: %s", v.Name, v.Definition)
		}
		for _, fault := range faults(names, asked, fill.Replace(query[:strings.LastIndex(query, ",")])) {
			t.Error(fault)
		}
	}
	for name := range names {
		switch name {
		case "hazptr_scan_slots", "hazptr_slowed_retires_total", "hazptr_leaked_protecting_holders_total": // in one number less to look at
			continue
		}
		if !asked[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}
