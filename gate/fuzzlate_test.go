package gate

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/yield"
)

// FuzzLateEnter has Enters come too late: they have published the open state when a Freeze closes the gate and looks, and find it closed. The Freeze must be told when they have gone, in whatever
// order; it looks unasked only later. The bytes are the order.
func FuzzLateEnter(f *testing.F) {
	if !yield.Enabled {
		f.Skip("needs -tags hazptr_yield")
	}
	f.Fuzz(func(t *testing.T, order []byte) {
		if len(order) == 0 || len(order) > 4 {
			t.Skip("one to four Enters")
		}
		late := &lateEnters{arrived: make(chan chan struct{})}
		yield.Install(late)
		defer yield.Install(nil)
		g := New()
		left := make(chan bool)
		var waiting []chan struct{}
		for range order {
			go func() {
				p, entered := g.TryEnter()
				p.Exit()
				left <- entered
			}()
			waiting = append(waiting, <-late.arrived)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond) // before it looks unasked
		defer cancel()
		frozen := make(chan error)
		late.looks.Store(0)
		go func() { frozen <- g.Freeze(ctx) }()
		for late.looks.Load() < int64(2*len(order)) { // all slots once, and then those that hold the state
			time.Sleep(time.Millisecond)
		}
		time.Sleep(5 * time.Millisecond) // it waits to be told
		for _, b := range order {
			i := int(b) % len(waiting)
			close(waiting[i])
			waiting = append(waiting[:i], waiting[i+1:]...)
			if <-left {
				t.Error("an Enter that came too late has entered")
			}
		}
		if err := <-frozen; err != nil {
			t.Fatalf("nobody told the Freeze: %v", err)
		}
	})
}

// lateEnters holds goroutines up that have published a hazard and have not validated it.
type lateEnters struct {
	arrived chan chan struct{} // to let the arrived one go
	looks   atomic.Int64
}

func (l *lateEnters) Here(point string) {
	switch point {
	case "look":
		l.looks.Add(1)
	case "validate":
		let := make(chan struct{})
		l.arrived <- let
		<-let
	}
}

func (l *lateEnters) Wait(string) bool { return false }
func (l *lateEnters) Runs() bool       { return false }
func (l *lateEnters) Pin() (int, bool) { return 0, false }
func (l *lateEnters) Unpin() bool      { return false }
func (l *lateEnters) Procs() int       { return 0 }
