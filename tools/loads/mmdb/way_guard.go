package main

import (
	"context"

	"hazptr"
)

// guardWay protects the database for one lookup, as a program does whose readers come and go.
type guardWay struct {
	current *hazptr.Pointer[database]
	domain  *hazptr.Domain
}

func beginGuard(first *database) way {
	domain := hazptr.NewDomain(hazptr.Config{Name: "mmdb-guard"})
	return &guardWay{current: hazptr.NewPointer(domain, first), domain: domain}
}

func (w *guardWay) read(r *reader) {
	for r.more() {
		g := w.current.Acquire()
		r.ask(g.Ptr())
		g.Release()
		r.lap()
	}
}

func (w *guardWay) visit() (func(func(*database)), func()) {
	return func(use func(*database)) {
		g := w.current.Acquire()
		use(g.Ptr())
		g.Release()
	}, func() {}
}

func (w *guardWay) replace(next *database) { w.current.Replace(next, (*database).close) }

func (w *guardWay) end(ctx context.Context) error {
	w.replace(nil)
	return w.domain.Close(ctx)
}
