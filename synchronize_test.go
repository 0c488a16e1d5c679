package hazptr

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestSynchronizeWaitsForHoldersAndGuards(t *testing.T) {
	var source atomic.Pointer[int]
	p := new(int)
	source.Store(p)
	if err := Synchronize(soonContext(t), p); err != nil {
		t.Fatal("with no reader:", err)
	}
	g := Acquire(&source)
	h := NewHolder[int]()
	defer h.Close()
	h.Protect(&source)
	source.Store(nil)
	err := Synchronize(expiredContext(t, 5*time.Millisecond), p)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "hold the object: 2") {
		t.Fatalf("with two readers: %v", err)
	}
	done := make(chan error)
	go func() { done <- Synchronize(soonContext(t), p) }()
	h.Clear()
	select {
	case err := <-done:
		t.Fatal("returned while a Guard holds the object:", err)
	case <-time.After(10 * time.Millisecond):
	}
	g.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
