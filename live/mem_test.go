package live_test

import (
	"fmt"
	"runtime"
	"testing"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A Value that is not being reloaded is small: a program may have thousands.
func TestValuesAreSmall(t *testing.T) {
	const n, most = 1000, 2560 // 1.9 KB were measured
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // what is pooled is gone
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var f factory
	var all [n]*live.Value[*resource]
	before := heap()
	for i := range all {
		o := f.options()
		o.Name = fmt.Sprint("small ", i)
		all[i] = open(t, o)
		if err := all[i].Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range all {
		if err := v.Drain(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
	each := (heap() - before) / n
	if each > most {
		t.Errorf("a Value takes %d bytes, want %d or fewer", each, most)
	}
	t.Logf("%d bytes", each)
	for _, v := range all {
		shutdown(t, v)
	}
}
