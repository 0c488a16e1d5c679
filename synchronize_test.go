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

// It looks when it is told, and not otherwise.
func TestSynchronizeOn(t *testing.T) {
	var source atomic.Pointer[int]
	p := new(int)
	source.Store(p)
	left := make(chan struct{}, 1)
	if err := SynchronizeOn(soonContext(t), p, left); err != nil {
		t.Fatal("with no reader:", err)
	}
	g := Acquire(&source)
	source.Store(nil)
	err := SynchronizeOn(expiredContext(t, 5*time.Millisecond), p, left)
	if !errors.Is(err, context.DeadlineExceeded) || err.Error() != "hazptr: SynchronizeOn: hazard pointers that hold the object: 1: context deadline exceeded" {
		t.Fatalf("with a reader: %v", err)
	}
	done := make(chan error)
	go func() { done <- SynchronizeOn(soonContext(t), p, left) }()
	left <- struct{}{} // in vain
	time.Sleep(5 * time.Millisecond)
	g.Release()
	select {
	case <-done:
		t.Fatal("it has looked without being told")
	case <-time.After(20 * time.Millisecond):
	}
	left <- struct{}{}
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	source.Store(p)
	g = Acquire(&source)
	source.Store(nil)
	go func() { done <- SynchronizeOn(soonContext(t), p, left) }()
	close(left)
	time.Sleep(5 * time.Millisecond)
	g.Release()
	if err := <-done; err != nil {
		t.Fatal("when the channel is closed:", err)
	}
	mustPanic(t, "hazptr: SynchronizeOn with a nil channel", func() { _ = SynchronizeOn(context.Background(), p, nil) })
	mustPanic(t, "hazptr: SynchronizeOn on nil", func() { _ = SynchronizeOn[int](context.Background(), nil, left) })
	mustPanic(t, "hazptr: SynchronizeOn on a zero-size type", func() { _ = SynchronizeOn(context.Background(), new(struct{}), left) })
}

// Somebody who doesn't know of the channel may have published the address.
func TestSynchronizeOnLooksUnasked(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two seconds")
	}
	var source atomic.Pointer[int]
	p := new(int)
	source.Store(p)
	g := Acquire(&source)
	source.Store(nil)
	done := make(chan error)
	go func() { done <- SynchronizeOn(soonContext(t), p, make(chan struct{})) }()
	time.Sleep(10 * time.Millisecond)
	g.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
