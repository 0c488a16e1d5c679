package conformance

import (
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// A history is what goroutines have called and what came of it, with the times.
type history struct {
	mu         sync.Mutex
	operations []porcupine.Operation
	begun      time.Time
}

func newHistory() *history { return &history{begun: time.Now()} }

// record records a call that client makes.
func (h *history) record(client int, input any, call func() any) any {
	from := time.Since(h.begun).Nanoseconds()
	output := call()
	to := time.Since(h.begun).Nanoseconds()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, porcupine.Operation{ClientId: client, Input: input, Call: from, Output: output, Return: to})
	return output
}

// check wants the history to be that of some order of the calls, each at a moment between its beginning and its end.
func (h *history) check(t *testing.T, model porcupine.Model, want bool) {
	t.Helper()
	switch porcupine.CheckOperationsTimeout(model, h.operations, soon) {
	case porcupine.Unknown:
		t.Fatal("not checked in time")
	case porcupine.Ok:
		if !want {
			t.Fatal("a history that should not be linearizable is")
		}
	case porcupine.Illegal:
		if want {
			t.Fatalf("a history of %d calls is not linearizable", len(h.operations))
		}
	}
}
