package live_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/report"
	"hazptr/live"
)

// Values are made and closed while the page asks for all of them.
func TestValuesBesideThePage(t *testing.T) {
	var stop atomic.Bool
	var page sync.WaitGroup
	page.Go(func() {
		for !stop.Load() {
			for _, v := range report.Values.All() {
				v.Status()
			}
		}
	})
	for range 300 {
		v := live.New(1, live.Options[int]{Name: "beside the page"})
		p := live.NewPlain(1, live.PlainOptions[int]{Name: "beside the page"})
		shutdown(t, v)
		closePlain(t, p)
	}
	stop.Store(true)
	page.Wait()
	for name := range report.Values.All() {
		if name == "beside the page" {
			t.Error("a Value that was closed is shown")
		}
	}
}
