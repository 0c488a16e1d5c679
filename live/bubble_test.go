package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// In a bubble of testing/synctest a Value works; outside of its own it panics.
func TestBubbles(t *testing.T) {
	var v *live.Value[*resource]
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		o.ReloadOn = []live.Trigger{live.Every(time.Hour)}
		v = open(t, o)
		time.Sleep(24*time.Hour + time.Minute)
		synctest.Wait()
		if g := v.Status().Generation; g != 25 {
			t.Error(g)
		}
		shutdown(t, v)
		if f.closed.Load() != 25 {
			t.Error(f.closed.Load())
		}
	})
	outside := func() {
		litmus.MustPanic(t, "bubble", func() { _ = v.Store(nil) })
		litmus.MustPanic(t, "bubble", func() { _ = v.Reload(t.Context()) })
		litmus.MustPanic(t, "bubble", func() { _ = v.Drain(t.Context()) })
		litmus.MustPanic(t, "bubble", func() { _ = v.Shutdown(t.Context()) })
		litmus.MustPanic(t, "bubble", func() { _ = v.Close() })
	}
	outside()
	synctest.Test(t, func(*testing.T) { outside() })
}

// Each method of a pool panics by name outside of its bubble.
func TestPoolOutsideItsBubble(t *testing.T) {
	var p *live.Pool[int, *resource]
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		p = s.pool(0)
		shutdownPool(t, p)
	})
	litmus.MustPanic(t, "bubble", func() { _ = p.Do(t.Context(), 1, use(1)) })
	litmus.MustPanic(t, "bubble", func() { p.Drop(1) })
	litmus.MustPanic(t, "bubble", func() { _ = p.Close() })
	litmus.MustPanic(t, "bubble", func() { _ = p.Shutdown(t.Context()) })
}
