package pair

import (
	"strings"
	"testing"
)

func TestComparison(t *testing.T) {
	c := Comparison{
		Columns: []Column{{"original", false, "references"}, {"read lock", false, "rwmutex"}, {"patched", true, "hazptr"}},
		Rows:    []Row{{"lookup", "Lookup/%s", 1}, {"lookup", "Lookup/%s", 2}, {"replace", "Replace", 1}},
	}
	original, patched := Found{}, Found{}
	for range 2 {
		original.Add(map[string]float64{"Lookup/references": 20, "Lookup/rwmutex": 10, "Lookup/references-2": 40, "Lookup/rwmutex-2": 30, "Replace": 50})
	}
	if _, err := c.Results(original, patched); err == nil || !strings.Contains(err.Error(), `no benchmark "Lookup/hazptr" has run`) {
		t.Errorf("error %v", err)
	}
	patched.Add(map[string]float64{"Lookup/hazptr": 5, "Lookup/hazptr-2": 40, "Replace": 100})
	patched.Add(map[string]float64{"Lookup/hazptr": 4, "Lookup/hazptr-2": 20, "Replace": 90})
	results, err := c.Results(original, patched)
	if err != nil {
		t.Fatal(err)
	}
	want := "lookup, 1 CPU: hazptr is ahead of original (4.44 times), read lock (2.22 times)\n" +
		"lookup, 2 CPUs: no difference seen to original, read lock\n" +
		"replace, 1 CPU: hazptr is behind original (0.53 times)"
	if got := c.Verdict(results); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if f := c.Figures(results); len(f) != 3 || f[2].Before != 50 || f[2].After != 95 {
		t.Errorf("%+v", f)
	}
	out := c.Table(results).String()
	for _, want := range []string{"│ lookup, 2 CPUs │ 40.0 (40.0–40.0) │ 30.0 (30.0–30.0) │  30.0 (20.0–40.0) │", "│ replace, 1 CPU │ 50.0 (50.0–50.0) │                  │ 95.0 (90.0–100.0) │"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
