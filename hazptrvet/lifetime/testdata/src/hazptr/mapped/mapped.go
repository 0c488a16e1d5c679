// Package mapped has the signatures of the real one.
package mapped

import "context"

type Options struct {
	Name   string
	MaxOld int
}

type Parsed[T any] struct{ p *T }

type File = Parsed[[]byte]

func Open(path string, o Options) (*File, error) { return nil, nil }
func Parse[T any](path string, parse func([]byte) (T, error), o Options) (*Parsed[T], error) {
	return nil, nil
}
func (p *Parsed[T]) Do(use func(T) error) error         { return nil }
func (p *Parsed[T]) Acquire() (View[T], error)          { return View[T]{}, nil }
func (p *Parsed[T]) Reload(ctx context.Context) error   { return nil }
func (p *Parsed[T]) Drain(ctx context.Context) error    { return nil }
func (p *Parsed[T]) Shutdown(ctx context.Context) error { return nil }
func (p *Parsed[T]) Close() error                       { return nil }

type View[T any] struct{ p *T }

func (v *View[T]) Value() T { return *v.p }
func (v *View[T]) Release() {}
