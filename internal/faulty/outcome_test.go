package faulty

import (
	"context"
	"runtime"
	"testing"
)

func TestTry(t *testing.T) {
	fault := func() { panic("on purpose") }
	inDone, inErr := Context{Context: context.Background(), InDone: fault}, Context{Context: context.Background(), InErr: fault}
	panicked := Outcome{Panicked: "on purpose"}
	for _, c := range []struct {
		name string
		f    func()
		want Outcome
	}{
		{"return", func() {}, Outcome{}},
		{"panic", fault, panicked},
		{"Goexit", runtime.Goexit, Outcome{Goexit: true}},
		{"Done that panics", func() { inDone.Done() }, panicked},
		{"Done beside Err", func() { inErr.Done() }, Outcome{}},
		{"Err that panics", func() { _ = inErr.Err() }, panicked},
		{"Err beside Done", func() { _ = inDone.Err() }, Outcome{}},
	} {
		if got := Try(c.f); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
