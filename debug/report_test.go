package debug

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr"
	"hazptr/internal/litmus"
)

type edition struct{ _ [64]byte }

// A lodger keeps an object of a domain of its own pending.
type lodger struct {
	domain *hazptr.Domain
	guards []hazptr.Guard[edition]
}

func newLodger(t *testing.T, c hazptr.Config, guards int) *lodger {
	t.Helper()
	c.OnStall = func(hazptr.Stall) {}
	l := &lodger{domain: hazptr.NewDomain(c)}
	var source atomic.Pointer[edition]
	source.Store(new(edition))
	for range guards {
		l.guards = append(l.guards, hazptr.Acquire(&source))
	}
	hazptr.RetireIn(l.domain, source.Swap(nil), 4096, func(*edition) {})
	litmus.Eventually(t, "a scan sees it", func() bool { return l.domain.Stats().Holding == int64(guards) })
	t.Cleanup(func() { l.leave(t) })
	return l
}

func (l *lodger) leave(t *testing.T) {
	for i := range l.guards {
		l.guards[i].Release()
	}
	if err := l.domain.Close(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

func (r report) domain(name string) (domain, bool) {
	for _, d := range r.Domains {
		if d.Name == name {
			return d, true
		}
	}
	return domain{}, false
}

// A report tells of what is pending in each domain with a name, and no longer
// of one that was closed.
func TestReport(t *testing.T) {
	l := newLodger(t, hazptr.Config{Name: "report", Trace: true, StallAfter: time.Millisecond}, 200)
	time.Sleep(2 * time.Millisecond)
	r := newReport(time.Now())
	if r.Process.Guards < 200 || r.Process.Fence == "" {
		t.Errorf("%+v", r.Process)
	}
	d, found := r.domain("report")
	if !found {
		t.Fatal("the domain is missing")
	}
	if _, found := r.domain("default"); !found {
		t.Error("default is missing")
	}
	if d.Stats.Pending != 1 || len(d.Inspection.Types) != 1 || d.Inspection.Types[0].Type != "*debug.edition" || d.StalledObjects() != 1 || d.Untold() != 0 ||
		len(d.Inspection.Recent) == 0 || d.Config.StallAfter != time.Millisecond || !d.Config.Trace {
		t.Errorf("%+v", d)
	}
	if s := d.Inspection.Oldest[0]; s.Hazards != 200 || why(s) != "200 hazard pointers hold it" {
		t.Errorf("%v: %s", s, why(s))
	}
	l.leave(t)
	l.guards = nil
	if _, found := newReport(time.Now()).domain("report"); found {
		t.Error("it is there after Close")
	}
}

func TestStalledAfter(t *testing.T) {
	old, young := hazptr.Stall{Age: 2 * time.Second}, hazptr.Stall{Age: 20 * time.Millisecond}
	d := domain{Inspection: hazptr.Inspection{Oldest: []hazptr.Stall{old, young}}}
	if n := d.StalledObjects(); n != 1 {
		t.Errorf("without StallAfter, %d are stalled", n)
	}
	d.Config.StallAfter = time.Millisecond
	if n := d.StalledObjects(); n != 2 {
		t.Errorf("with StallAfter, %d are stalled", n)
	}
	d.Stats.Pending = 5
	if n := d.Untold(); n != 3 {
		t.Errorf("%d are untold", n)
	}
}

func TestWhy(t *testing.T) {
	for want, s := range map[string]hazptr.Stall{
		"1 hazard pointer holds it":                                       {Hazards: 1},
		"its reclaim function has not returned; 2 objects wait behind it": {Reclaim: "main.f (f.go:1)", Behind: 2},
		"nothing protects it; it waits for a worker":                      {},
	} {
		if got := why(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What was acquired at one place is told once.
func TestPlaces(t *testing.T) {
	got := places([]string{"main.a (a.go:1) < main.main (m.go:2)", "main.b (b.go:3)", "main.a (a.go:1) < main.main (m.go:2)"})
	if len(got) != 2 || got[0].Times != 2 || strings.Join(got[0].Frames, "|") != "main.a (a.go:1)|main.main (m.go:2)" || got[1].Times != 1 {
		t.Errorf("%+v", got)
	}
}
