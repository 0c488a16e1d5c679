package prom

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"hazptr"
)

// written returns the metrics of one domain and the process, each as one text
// that ends with its value.
func written(t *testing.T, s hazptr.Stats, c hazptr.Config) map[string]bool {
	t.Helper()
	ch := make(chan prometheus.Metric, 100)
	collectDomain(ch, "maps", s, c)
	collectProcess(ch, s)
	close(ch)
	all := map[string]bool{}
	for m := range ch {
		var d dto.Metric
		if err := m.Write(&d); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("%v %v = %v", m.Desc(), d.Label, d.Counter.GetValue()+d.Gauge.GetValue())] = true
	}
	return all
}

// names returns the metrics that are described, and the label of each.
func names() map[string]string {
	ch := make(chan *prometheus.Desc, 100)
	describe(ch)
	close(ch)
	all := map[string]string{}
	for d := range ch {
		found := description.FindStringSubmatch(d.String())
		all[found[1]] = found[2]
	}
	return all
}

var description = regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{(\w*)\}`)

// Each field of Stats is one metric, and no other's.
func TestEveryFieldOfStats(t *testing.T) {
	before := written(t, hazptr.Stats{}, hazptr.Config{})
	kind := reflect.TypeFor[hazptr.Stats]()
	for i := range kind.NumField() {
		var s hazptr.Stats
		value := ""
		switch field := reflect.ValueOf(&s).Elem().Field(i).Addr().Interface().(type) {
		case *int64:
			*field, value = 12345, "= 12345"
		case *int:
			*field, value = 12345, "= 12345"
		case *time.Duration:
			*field, value = 1500*time.Millisecond, "= 1.5"
		case *string:
			*field, value = "membarrier", `value:"membarrier"] = 1`
		default:
			t.Fatalf("Stats.%s has type %T, for which there is no rule", kind.Field(i).Name, field)
		}
		var changed []string
		for m := range written(t, s, hazptr.Config{}) {
			if !before[m] {
				changed = append(changed, m)
			}
		}
		if len(changed) != 1 || !strings.HasSuffix(changed[0], value) {
			t.Errorf("Stats.%s is to be one metric that ends with %q; what changes is %q", kind.Field(i).Name, value, changed)
		}
	}
	if got, want := len(domainFigures)+len(processFigures)+1, kind.NumField(); got != want {
		t.Errorf("%d metrics for %d fields", got, want)
	}
}

// The process is told once, so its figures have no domain.
func TestLabels(t *testing.T) {
	process := map[string]bool{"hazptr_holders": true, "hazptr_guards": true, "hazptr_leaked_total": true, "hazptr_leaked_protecting_total": true, "hazptr_fence_info": true}
	for name, labels := range names() {
		want := "domain"
		if strings.HasPrefix(name, "hazptr_live_") || strings.HasPrefix(name, "hazptr_mapped_") {
			want = "name"
		} else if name == "hazptr_fence_info" {
			want = "fence"
		} else if process[name] {
			want = ""
		}
		if labels != want {
			t.Errorf("%s has the labels %q, want %q", name, labels, want)
		}
		delete(process, name)
	}
	if len(process) > 0 {
		t.Errorf("%v are not described", process)
	}
}

// Where there is no bound in bytes, nothing is told that could be divided by.
func TestBounds(t *testing.T) {
	bounded := func(c hazptr.Config) (found bool) {
		for m := range written(t, hazptr.Stats{}, c) {
			found = found || strings.Contains(m, "hazptr_max_pending_bytes")
		}
		return found
	}
	if bounded(hazptr.Config{}) {
		t.Error("a bound where none is set")
	}
	if !bounded(hazptr.Config{MaxPendingBytes: 1}) {
		t.Error("no bound where one is set")
	}
}

// doc.go names all metrics, and no others.
func TestDocumented(t *testing.T) {
	told := map[string]bool{}
	for _, word := range strings.Fields(readFile(t, "doc.go")) {
		if strings.HasPrefix(word, "hazptr_") {
			told[word] = true
		}
	}
	for name := range names() {
		if !told[name] {
			t.Errorf("doc.go does not name %s", name)
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("doc.go names %s, which is no metric", name)
	}
}
