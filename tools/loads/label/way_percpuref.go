package main

import (
	"context"
	"sync/atomic"

	"hazptr/percpuref"
)

// percpuRefWay counts the references to each policy on each P.
type percpuRefWay struct{ current atomic.Pointer[percpuCounted] }

type percpuCounted struct {
	*policy
	ref *percpuref.Ref
}

func beginPercpuRef(first *policy) way {
	w := &percpuRefWay{}
	w.current.Store(&percpuCounted{first, percpuref.New(first.end)})
	return w
}

func (w *percpuRefWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict {
		c := w.current.Load()
		for !c.ref.TryGetLive() {
			c = w.current.Load()
		}
		said := c.check(path)
		c.ref.Put()
		return said
	}, func() {}
}

func (w *percpuRefWay) replace(next *policy) {
	w.current.Swap(&percpuCounted{next, percpuref.New(next.end)}).ref.Kill()
}

func (w *percpuRefWay) end(context.Context) error {
	w.current.Swap(nil).ref.Kill()
	return nil
}
