package pair

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

// testDuel has a row and two columns.
var testDuel = Duel{
	Plan:       Plan{Name: "pebble", Module: patch.Module{Path: "example.com/p", Version: "v1.0.0"}},
	Comparison: Comparison{Columns: []Column{{Title: "original"}, {Title: "patched", Patched: true}}, Rows: []Row{{"hold", "Hold", 1}}},
	Notes:      "\nIt is so.\n",
}

// testReport is of given figures: the benchmark of the original takes 20 ns.
func testReport(t *testing.T, suites Suites, patched ...float64) *Report {
	t.Helper()
	found := []Found{{}, {}}
	for _, ns := range patched {
		found[0].Add(map[string]float64{"Hold": 20})
		found[1].Add(map[string]float64{"Hold": ns})
	}
	r, err := testDuel.Report(&DuelOptions{Benchtime: time.Second, Options: Options{Rounds: len(patched)}}, patch.Change{Added: 101, Removed: 20}, found[0], found[1], suites)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReport(t *testing.T) {
	for want, patched := range map[string][]float64{
		"\nhold, 1 CPU: hazptr is ahead of original (4.00 times)\nIt is so.\n": {5, 5},
		"\nhold, 1 CPU: hazptr is behind original (0.50 times)\nIt is so.\n":   {40, 40},
		"\nhold, 1 CPU: no difference seen to original\nIt is so.\n":           {5, 40},
	} {
		var out strings.Builder
		if err := summary.Write(&out, "table", testReport(t, nil, patched...)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || !strings.HasPrefix(out.String(), "example.com/p@v1.0.0. Patched: 101 lines added, 20 removed") {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	var out strings.Builder
	if err := summary.Write(&out, "json", testReport(t, nil, 5)); err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "pebble" || !r.OK || len(r.Figures) != 1 || r.Figures[0].Before != 20 || r.Figures[0].After != 5 {
		t.Errorf("%+v", r.Summary)
	}
	if _, err := testDuel.Report(&DuelOptions{}, patch.Change{}, Found{}, Found{}, nil); err == nil || !strings.Contains(err.Error(), "no benchmark") {
		t.Errorf("error %v", err)
	}
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	r := testReport(t, Suites{{Program: "original"}, {Program: "patched", Failed: []string{"p TestGet"}}}, 5)
	var out strings.Builder
	if err := summary.Write(&out, "table", r); err != nil || r.OK || !strings.Contains(out.String(), "    fails: p TestGet\n") {
		t.Errorf("%v, ok %v:\n%s", err, r.OK, out.String())
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	for _, format := range []string{"table", "json"} {
		if err := summary.Write(brokenPipe{}, format, testReport(t, nil, 5)); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}
