package hazard

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/litmus"
)

// Callers that come while a look is under way share the next one.
func TestWaitsShareALook(t *testing.T) {
	const n = 100
	s := &synchronizing
	s.mu.Lock()
	if s.busy {
		t.Fatal("a look is under way")
	}
	s.busy = true // the test makes a look
	s.mu.Unlock()

	var source atomic.Pointer[int]
	source.Store(new(int))
	held := acquire(&source)
	var wg sync.WaitGroup
	for i := range n {
		p := new(int)
		if i == 0 {
			p = source.Swap(nil)
		}
		wg.Go(func() {
			if holding, looked := Wait(litmus.Context(t).Done(), unsafe.Pointer(p)); holding != 0 || !looked {
				t.Errorf("%d slots hold it, looked: %t", holding, looked)
			}
		})
	}
	waiting := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.waiting)
	}
	litmus.Eventually(t, "all wait", func() bool { return waiting() == n })
	if _, looked := Wait(litmus.Expiring(t, time.Millisecond).Done(), unsafe.Pointer(new(int))); looked {
		t.Error("it has looked while others look")
	}
	if waiting() != n {
		t.Error("the caller that has given up waits yet")
	}
	s.finish()
	if waiting() != 0 {
		t.Error("they do not share one look")
	}
	held.release()
	wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy || len(s.batch) > 0 || s.own.p != 0 {
		t.Error("no caller waits, and the look is not free")
	}
	for _, q := range append(s.batch[:cap(s.batch)], s.waiting[:cap(s.waiting)]...) {
		if q != nil {
			t.Fatal("a question that was answered is kept")
		}
	}
}
