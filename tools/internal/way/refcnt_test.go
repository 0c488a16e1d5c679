package way

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// A reader that has loaded the pointer of an object whose count is zero by now
// must load it again, and must not bring the object back.
func TestRefcntLeavesZeroAlone(t *testing.T) {
	e, objects := made(UpdateType{New: newRefcnt}, 1, nil)
	src, dead := &e.(refcnt).all[0].head, objects[0]
	e.(refcnt).counter().put(dead)
	// GODEBUG can have it that nothing preempts the loop of get. No collection
	// may wait for it then.
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	got := make(chan *Object)
	go func() { got <- get(src) }()
	select {
	case <-got:
		t.Fatal("took a reference to an object without any")
	case <-time.After(5 * time.Millisecond):
	}
	live := NewObject(1)
	src.Store(live)
	if o := <-got; o != live || live.refs.Load() != 2 || dead.refs.Load() != 0 {
		t.Errorf("counts are %d and %d", live.refs.Load(), dead.refs.Load())
	}
}
