package live_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
)

func TestLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		var j litmus.Journal
		o := f.options()
		o.Logger, o.Warn = j.Logger(), time.Second
		v := open(t, o)
		f.slow.Store(int64(10 * time.Second))
		if err := v.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if !j.Has("Load has not returned") || !j.Has("for=8s") || j.Has("for=16s") {
			t.Error(j.String())
		}
		f.slow.Store(0)
		l, err := v.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if !j.Has("a replaced value is still in use") || j.Has(`users=1 acquired="unknown without Options.Trace"`) == check.Enabled {
			t.Error(j.String())
		}
		l.Release()
		last, err := v.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		bad := errors.New("bad file")
		f.fail.Store(&bad)
		_ = v.Reload(t.Context())
		if !j.Has("a reload has failed, the present value stays") || !j.Has("bad file") {
			t.Error(j.String())
		}
		_ = v.Close()
		time.Sleep(1500 * time.Millisecond)
		if !j.Has("the last value is still in use") {
			t.Error(j.String())
		}
		last.Release()
		shutdown(t, v)
	})
}
