package main

import (
	"context"

	"hazptr"
)

// hazptrWay protects the policy with a hazard pointer that each caller owns.
type hazptrWay struct {
	domain  *hazptr.Domain
	current *hazptr.Pointer[policy]
}

func newHazptrWay(first *policy) *hazptrWay {
	domain := hazptr.NewDomain(hazptr.Config{Name: "label"})
	return &hazptrWay{domain, hazptr.NewPointer(domain, first)}
}

func beginHazptr(first *policy) way { return newHazptrWay(first) }

func (w *hazptrWay) visit() (func(string) verdict, func()) {
	h := hazptr.NewHolder[policy]()
	return func(path string) verdict {
		said := w.current.Protect(h).check(path)
		h.Clear()
		return said
	}, h.Close
}

func (w *hazptrWay) replace(next *policy) { w.current.Replace(next, (*policy).end) }

func (w *hazptrWay) end(ctx context.Context) error {
	w.replace(nil)
	return w.domain.Close(ctx)
}

// guardWay protects it for one check, as a program does whose callers come and go.
type guardWay struct{ *hazptrWay }

func beginGuard(first *policy) way { return &guardWay{newHazptrWay(first)} }

func (w *guardWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict {
		g := w.current.Acquire()
		said := g.Ptr().check(path)
		g.Release()
		return said
	}, func() {}
}
