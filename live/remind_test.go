package live_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

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
		bad := errors.New("bad file")
		f.fail.Store(&bad)
		_ = v.Reload(t.Context())
		if !j.Has("a reload has failed, the present value stays") || !j.Has("bad file") {
			t.Error(j.String())
		}
		shutdown(t, v)
	})
}
