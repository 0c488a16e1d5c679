package mechanism

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// A reader that has loaded the pointer of an object whose count is zero by now
// must load it again, and must not bring the object back.
func TestRefcntCondLeavesZeroAlone(t *testing.T) {
	m := made[refcntCond](NewObject(nil)).(*refcntCond)
	dead := NewObject(nil)
	dead.put()
	// GODEBUG can have it that nothing preempts the loop of get. No collection
	// may wait for it then.
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	m.head.Store(dead)
	got := make(chan *Object)
	go func() { got <- get(&m.head) }()
	select {
	case <-got:
		t.Fatal("took a reference to an object without any")
	case <-time.After(5 * time.Millisecond):
	}
	live := NewObject(nil)
	m.head.Store(live)
	if o := <-got; o != live || live.refs.Load() != 2 || dead.refs.Load() != 0 {
		t.Errorf("counts are %d and %d", live.refs.Load(), dead.refs.Load())
	}
}
