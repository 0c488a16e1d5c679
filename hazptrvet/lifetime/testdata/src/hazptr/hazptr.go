// Package hazptr has the signatures of the real one.
package hazptr

import (
	"context"
	"sync/atomic"
)

type Guard[T any] struct{ p *T }

func Acquire[T any](src *atomic.Pointer[T]) Guard[T] { return Guard[T]{} }
func Keep[T any](p *T) Guard[T]                      { return Guard[T]{} }
func (g *Guard[T]) Ptr() *T                          { return nil }
func (g *Guard[T]) Share() Guard[T]                  { return Guard[T]{} }
func (g *Guard[T]) Release()                         {}

type Holder[T any] struct{ p *T }

func NewHolder[T any]() *Holder[T]                                { return nil }
func (h *Holder[T]) Protect(src *atomic.Pointer[T]) *T            { return nil }
func (h *Holder[T]) TryProtect(p *T, src *atomic.Pointer[T]) bool { return false }
func (h *Holder[T]) Set(p *T)                                     {}
func (h *Holder[T]) Clear()                                       {}
func (h *Holder[T]) Close()                                       {}

type Pointer[T any] struct{ p *T }

type PointerConfig[T any] struct {
	Reclaim func(*T)
	Bytes   func(*T) int64
	Domain  *Domain
}

func NewPointer[T any](c PointerConfig[T], first *T) *Pointer[T] { return nil }
func (p *Pointer[T]) Init(c PointerConfig[T], first *T)          {}
func (p *Pointer[T]) Do(use func(*T)) bool                       { return false }
func (p *Pointer[T]) Acquire() Guard[T]                          { return Guard[T]{} }
func (p *Pointer[T]) Protect(h *Holder[T]) *T                    { return nil }
func (p *Pointer[T]) Replace(next *T)                            {}
func (p *Pointer[T]) CompareAndReplace(old, next *T) bool        { return false }
func (p *Pointer[T]) ReplaceAndWait(ctx context.Context, next *T) (old *T, err error) {
	return nil, nil
}

func Retire[T any](p *T, reclaim func(*T))                           {}
func RetireIn[T any](d *Domain, p *T, bytes int64, reclaim func(*T)) {}
func Synchronize[T any](ctx context.Context, p *T) error             { return nil }

type Config struct {
	Name          string
	ReclaimInline bool
}

type Domain struct{ name string }

func Default() *Domain                              { return nil }
func NewDomain(c Config) *Domain                    { return nil }
func (d *Domain) Barrier(ctx context.Context) error { return nil }
func (d *Domain) Flush(ctx context.Context) error   { return nil }
func (d *Domain) Close(ctx context.Context) error   { return nil }
