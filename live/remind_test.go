package live_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/live"
)

// logged calls f with a Value that logs in j, and warns after a second.
func logged(t *testing.T, f func(t *testing.T, v *live.Value[*resource], made *factory, j *litmus.Journal)) {
	synctest.Test(t, func(t *testing.T) {
		var made factory
		var j litmus.Journal
		o := made.options()
		o.Logger, o.Warn = j.Logger(), time.Second
		v := open(t, o)
		f(t, v, &made, &j)
		shutdown(t, v)
	})
}

func TestLogsOfALongLoad(t *testing.T) {
	logged(t, func(t *testing.T, v *live.Value[*resource], made *factory, j *litmus.Journal) {
		made.slow.Store(int64(10 * time.Second))
		if err := v.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if !j.Has("Load has not returned") || !j.Has("for=8s") || j.Has("for=16s") {
			t.Error(j.String())
		}
	})
}

func TestLogsOfFailures(t *testing.T) {
	logged(t, func(t *testing.T, v *live.Value[*resource], made *factory, j *litmus.Journal) {
		bad := errors.New("bad file")
		made.fail.Store(&bad)
		_, _ = v.Reload(t.Context()), v.Reload(t.Context())
		if !j.Has("a reload has failed, the present value stays") || !j.Has("bad file") || j.Has("again") {
			t.Error(j.String())
		}
		made.fail.Store(nil)
		for range 2 {
			if err := v.Reload(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if log := j.String(); !strings.Contains(log, `level=INFO msg="live: reloads go well again" name=resource failures=2`) || strings.Count(log, "again") != 1 {
			t.Error(log)
		}
	})
}

func TestLogsOfUsers(t *testing.T) {
	logged(t, func(t *testing.T, v *live.Value[*resource], _ *factory, j *litmus.Journal) {
		acquire := func() live.Lease[*resource] {
			l, err := v.Acquire()
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		l := acquire()
		if err := v.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if !j.Has("a replaced value is still in use") || j.Has(`users=1 acquired="unknown without Options.Trace"`) == check.Enabled {
			t.Error(j.String())
		}
		l.Release()
		l = acquire()
		_ = v.Close()
		time.Sleep(1500 * time.Millisecond)
		if !j.Has("the last value is still in use") {
			t.Error(j.String())
		}
		l.Release()
	})
}
