package conformance

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
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

// now is the time in the history.
func (h *history) now() int64 { return time.Since(h.begun).Nanoseconds() }

// add adds a call of the client's that was made and has returned at those
// times.
func (h *history) add(client int, input, output any, from, to int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, porcupine.Operation{ClientId: client, Input: input, Call: from, Output: output, Return: to})
}

// record records a call that client makes.
func (h *history) record(client int, input any, call func() any) any {
	from := h.now()
	output := call()
	h.add(client, input, output, from, h.now())
	return output
}

// linearizable reports whether the history is that of some order of the calls,
// each at a moment between its beginning and its end.
func (h *history) linearizable(t *testing.T, model porcupine.Model) bool {
	t.Helper()
	result := porcupine.CheckOperationsTimeout(model, h.operations, soon)
	if result == porcupine.Unknown {
		t.Fatal("not checked in time")
	}
	return result == porcupine.Ok
}

// happened returns how often the outcome was in the history.
func (h *history) happened(input, output any) (n int) {
	for _, o := range h.operations {
		if o.Input == input && o.Output == output {
			n++
		}
	}
	return n
}

// String lists the calls in the order of their beginnings.
func (h *history) String() string {
	slices.SortFunc(h.operations, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var s strings.Builder
	for _, o := range h.operations {
		fmt.Fprintf(&s, "%8d to %8d  client %d: %v → %v\n", o.Call, o.Return, o.ClientId, o.Input, o.Output)
	}
	return s.String()
}

// together runs all at the same time, as far as the machine has cores, and
// returns when they have returned.
func together(t testing.TB, clients ...func()) {
	t.Helper()
	start := make(chan struct{})
	var all sync.WaitGroup
	for _, client := range clients {
		all.Go(func() {
			<-start
			client()
		})
	}
	runtime.Gosched()
	close(start)
	happens(t, "all return", background(all.Wait))
}

// rejected requires that some history of a broken implementation is rejected.
func rejected(t *testing.T, model porcupine.Model, of func(seed uint64) *history) {
	t.Helper()
	for seed := range uint64(5000) {
		if !of(seed).linearizable(t, model) {
			return
		}
	}
	t.Error("every history is linearizable")
}
