package bench

import (
	"sync/atomic"
	"testing"
	"time"

	"hazptr/tools/internal/way"
)

// counting counts the updates.
type counting struct {
	way.Mechanism
	n atomic.Int64
}

func (c *counting) Replace(next *way.Object) {
	c.n.Add(1)
	c.Mechanism.Replace(next)
}

func TestUpdater(t *testing.T) {
	c := &counting{Mechanism: way.Reads()[0].New(way.NewHead(nil))}
	const perSecond = 2000
	start := time.Now()
	u := startUpdater(c, nil, perSecond)
	for c.n.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	rate := u.end()
	n := c.n.Load()
	if most := time.Since(start).Seconds() * perSecond; float64(n) > most {
		t.Errorf("%d updates, at most %.1f were due", n, most)
	}
	if rate <= 0 || rate > perSecond {
		t.Errorf("%.0f updates a second, %d were asked for", rate, perSecond)
	}
	time.Sleep(5 * time.Millisecond)
	if c.n.Load() != n {
		t.Error("updates after the end")
	}
}
