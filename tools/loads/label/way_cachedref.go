package main

import (
	"context"
	"sync/atomic"

	"hazptr/cachedref"
)

// cachedRefWay has each caller count the references that it takes. One that asks no more keeps the last policy that it knows until it leaves.
type cachedRefWay struct {
	current atomic.Pointer[cachedref.Ref[policy]]
}

func beginCachedRef(first *policy) way {
	w := &cachedRefWay{}
	w.current.Store(cachedref.New(first, (*policy).end))
	return w
}

func (w *cachedRefWay) visit() (func(string) verdict, func()) {
	cache := cachedref.NewCache[policy]()
	return func(path string) verdict {
		ref := w.current.Load()
		p := cache.Get(ref)
		for p == nil {
			ref = w.current.Load()
			p = cache.Get(ref)
		}
		said := p.check(path)
		cache.Put(ref)
		return said
	}, cache.Flush
}

func (w *cachedRefWay) replace(next *policy) {
	w.current.Swap(cachedref.New(next, (*policy).end)).Kill()
}

func (w *cachedRefWay) end(context.Context) error {
	w.current.Swap(nil).Kill()
	return nil
}
