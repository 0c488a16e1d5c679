package hazptr

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
)

func labels() (labels []string) {
	for label, d := range Domains() {
		if d == nil || d.Config().Name == "" {
			panic(label)
		}
		labels = append(labels, label)
	}
	return labels
}

// Domains yields the domains that have a name, are open and in use.
func TestDomains(t *testing.T) {
	if all := labels(); !slices.Contains(all, "default") {
		t.Errorf("%q has no default", all)
	}
	before := len(labels())
	NewDomain(Config{})
	a, b, c := NewDomain(Config{Name: "twin"}), NewDomain(Config{Name: "twin"}), NewDomain(Config{Name: "twin"})
	if got := labels()[before:]; !slices.Equal(got, []string{"twin", "twin#2", "twin#3"}) {
		t.Errorf("%q", got)
	}
	closeDomain(t, b)
	if got := labels()[before:]; !slices.Equal(got, []string{"twin", "twin#3"}) {
		t.Errorf("after Close: %q", got)
	}
	b = NewDomain(Config{Name: "twin"})
	if got := labels()[before:]; !slices.Equal(got, []string{"twin", "twin#3", "twin#2"}) {
		t.Errorf("after another one: %q", got)
	}
	for range Domains() {
		break
	}
	closeDomain(t, a)
	closeDomain(t, b)
	closeDomain(t, c)
	if got := labels()[before:]; len(got) != 0 {
		t.Errorf("after all are closed: %q", got)
	}
}

// BenchmarkDomainsOfOneName makes so many domains and closes them. What one of
// them takes must not depend on their number.
func BenchmarkDomainsOfOneName(b *testing.B) {
	for _, n := range []int{250, 1000, 4000, 16000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			all := make([]*Domain, n)
			for b.Loop() {
				for i := range all {
					all[i] = NewDomain(Config{Name: "one"})
				}
				for _, d := range all {
					if err := d.Close(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/domain")
		})
	}
}

func TestConfigOfADomain(t *testing.T) {
	if c := NewDomain(Config{}).Config(); c.Workers < 2 || c.ScanPercent != defaultScanPercent || c.OnStall == nil ||
		c.MaxPending != defaultScanned+runtime.GOMAXPROCS(0)*defaultQueued {
		t.Errorf("%+v", c)
	}
	if c := NewDomain(Config{MaxPending: 7, Workers: 3}).Config(); c.MaxPending != 7 || c.Workers != 3 {
		t.Errorf("%+v", c)
	}
}
