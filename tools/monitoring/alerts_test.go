package monitoring

import (
	"bytes"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"
)

// The rules are what Prometheus reads, and each asks for what there is and says what to do.
func TestAlerts(t *testing.T) {
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	d := yaml.NewDecoder(bytes.NewReader(read(t, "alerts.yml")))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	names, asked, seen := exported(t), map[string]bool{}, map[string]bool{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			for _, fault := range faults(names, asked, r.Expr) {
				t.Error(fault)
			}
			if r.For != "" {
				if wait, err := model.ParseDuration(r.For); err != nil || time.Duration(wait) <= 0 {
					t.Errorf("%s: for: %q: %v", r.Alert, r.For, err)
				}
			}
			if r.Alert == "" || seen[r.Alert] || r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%+v lacks something", r)
			}
			seen[r.Alert] = true
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d rules", len(seen))
	}
}
