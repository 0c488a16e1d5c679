package monitoring

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql/parser"

	"hazptr"
	"hazptr/prom"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../prom/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// exported returns the metrics that there are, and the labels of each.
func exported(t *testing.T) map[string]map[string]bool {
	t.Helper()
	d := hazptr.NewDomain(hazptr.Config{Name: "monitoring", MaxPendingBytes: 1}) // so that every metric is there
	defer d.Close(context.Background())
	registry := prometheus.NewRegistry()
	registry.MustRegister(prom.NewCollector())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]map[string]bool{}
	for _, f := range families {
		// What the server that scrapes adds.
		labels := map[string]bool{"job": true, "instance": true}
		for _, l := range f.Metric[0].Label {
			labels[l.GetName()] = true
		}
		names[f.GetName()] = labels
	}
	return names
}

// faults returns what is wrong with a query: it must be PromQL, and ask for metrics and labels that there are. It notes which.
func faults(names map[string]map[string]bool, asked map[string]bool, query string) (faults []string) {
	e, err := parser.ParseExpr(query)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", query, err)}
	}
	parser.Inspect(e, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		labels := names[selector.Name]
		if labels == nil {
			faults = append(faults, fmt.Sprintf("%s: there is no %s", query, selector.Name))
			return nil
		}
		asked[selector.Name] = true
		for _, m := range selector.LabelMatchers {
			if m.Name != "__name__" && !labels[m.Name] {
				faults = append(faults, fmt.Sprintf("%s: %s has no label %s", query, selector.Name, m.Name))
			}
		}
		return nil
	})
	return faults
}

func TestFaults(t *testing.T) {
	names := exported(t)
	for _, query := range []string{`rate(hazptr_scans_total[5m]`, `hazptr_no_such_metric`, `hazptr_guards{domain="x"}`} {
		if len(faults(names, map[string]bool{}, query)) == 0 {
			t.Errorf("%s passes", query)
		}
	}
	if f := faults(names, map[string]bool{}, `max by (domain) (rate(hazptr_scans_total{domain="x"}[5m]))`); len(f) > 0 {
		t.Error(f)
	}
}
