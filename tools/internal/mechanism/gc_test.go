package mechanism

import (
	"runtime"
	"testing"
	"time"
)

func TestGCEndsAfterCollection(t *testing.T) {
	m := made[gc](NewObject(nil)).(*gc)
	const replaced = 10
	for range replaced {
		m.Replace(NewObject(nil))
	}
	for range 100 {
		runtime.GC()
		if m.ended.Load() == replaced {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d of %d objects have ended", m.ended.Load(), replaced)
}
