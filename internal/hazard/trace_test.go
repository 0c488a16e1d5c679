package hazard

import (
	"sync/atomic"
	"testing"
)

// A trace is that of a slot's Guard, not of an earlier one.
func TestTraceOfAnEarlierGuard(t *testing.T) {
	traces.on.Add(1)
	defer traces.off()
	var source atomic.Pointer[object]
	source.Store(new(object))
	acquired, traced := 100*int(traceEvery()), 0
	for range acquired {
		g := acquire(&source)
		traced += len(traces.of([]*Slot{&g.slot.Slot}))
		g.release()
	}
	if traced < 50 || traced > 200 {
		t.Errorf("%d of %d Guards have a trace", traced, acquired)
	}
	lease := Open()
	slot := lease.Slot
	if len(traces.of([]*Slot{slot})) != 1 {
		t.Error("a Holder has no trace")
	}
	Close(lease)
	if len(traces.of([]*Slot{slot})) != 0 {
		t.Error("a closed Holder has a trace")
	}
}
