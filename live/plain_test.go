package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

func closePlain[T any](t *testing.T, v *live.Plain[T]) {
	t.Helper()
	if err := v.Shutdown(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

func TestPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, fail := 0, error(nil)
		v, err := live.OpenPlain(t.Context(), live.PlainOptions[int]{
			Name:     "plain",
			Load:     func(context.Context) (int, error) { n++; return n, fail },
			ReloadOn: []live.Trigger{live.Every(time.Minute)},
			Logger:   quiet,
		})
		if err != nil || v.Get() != 1 {
			t.Fatal(err)
		}
		time.Sleep(150 * time.Second)
		if v.Get() != 3 || v.Status().Generation != 3 {
			t.Error(v.Get(), v.Status())
		}
		fail = errors.New("bad")
		if err := v.Reload(t.Context()); !errors.Is(err, fail) || v.Get() != 3 {
			t.Error(err, v.Get())
		}
		if err := v.Store(100); err != nil || v.Get() != 100 {
			t.Error(err, v.Get())
		}
		if err := v.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if v.Get() != 100 || !errors.Is(v.Store(1), live.ErrClosed) || !errors.Is(v.Reload(t.Context()), live.ErrClosed) {
			t.Error("after Shutdown")
		}
	})
	stored := live.NewPlain("first", live.PlainOptions[string]{Name: "stored"})
	if stored.Get() != "first" {
		t.Error(stored.Get())
	}
	litmus.MustPanic(t, "no Load", func() { _ = stored.Reload(t.Context()) })
	litmus.MustPanic(t, "nil Context", func() { _ = stored.Shutdown(noContext) })
	litmus.MustPanic(t, "without PlainOptions.Load", func() { _, _ = live.OpenPlain(t.Context(), live.PlainOptions[int]{Name: "x"}) })
	if err := stored.Close(); err != nil {
		t.Error(err)
	}
	if err := stored.Store("late"); !errors.Is(err, live.ErrClosed) || err.Error() != `live: "stored": Store: closed` {
		t.Error(err)
	}
	if _, err := live.OpenPlain(t.Context(), live.PlainOptions[int]{Name: "x", Load: func(context.Context) (int, error) { return 0, errors.New("no") }}); err == nil {
		t.Error("a failed Load made a Plain")
	}
}
