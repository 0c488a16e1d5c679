package hazptr

import (
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

// Domains yields those that have a name, are open and in use.
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

// A domain that is dropped is gone, and takes no room for long.
func TestDomainsForgetsTheDropped(t *testing.T) {
	before := len(labels())
	for i := range 100 {
		NewDomain(Config{Name: fmt.Sprint("dropped", i)})
	}
	eventually(t, "they are gone", func() bool { runtime.GC(); return len(labels()) <= before })
	for i := range 400 {
		NewDomain(Config{Name: "dropped"})
		if i%50 == 0 {
			runtime.GC()
		}
	}
	named.mu.Lock()
	n := len(named.entries)
	named.mu.Unlock()
	if n >= 300 { // of 500
		t.Errorf("%d entries are left", n)
	}
}

func TestConfigOfADomain(t *testing.T) {
	if c := NewDomain(Config{}).Config(); c.Workers < 2 || c.FlushInterval != defaultFlushInterval || c.OnStall == nil ||
		c.MaxPending != defaultScanned+runtime.GOMAXPROCS(0)*defaultQueued {
		t.Errorf("%+v", c)
	}
	if c := NewDomain(Config{MaxPending: 7, Workers: 3}).Config(); c.MaxPending != 7 || c.Workers != 3 {
		t.Errorf("%+v", c)
	}
}
