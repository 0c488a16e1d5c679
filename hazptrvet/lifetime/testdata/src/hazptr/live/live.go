// Package live has the signatures of the real one.
package live

import (
	"context"
	"errors"
)

var (
	ErrClosed    = errors.New("closed")
	ErrUnchanged = errors.New("unchanged")
)

type Options[T any] struct {
	Name   string
	Load   func(context.Context) (T, error)
	Close  func(T) error
	MaxOld int
}

type Value[T any] struct{ p *T }

func Open[T any](ctx context.Context, o Options[T]) (*Value[T], error) { return nil, nil }
func New[T any](first T, o Options[T]) *Value[T]                       { return nil }
func (v *Value[T]) Do(use func(T) error) error                         { return nil }
func (v *Value[T]) Acquire() (Lease[T], error)                         { return Lease[T]{}, nil }
func (v *Value[T]) Store(next T) error                                 { return nil }
func (v *Value[T]) Reload(ctx context.Context) error                   { return nil }
func (v *Value[T]) Drain(ctx context.Context) error                    { return nil }
func (v *Value[T]) Shutdown(ctx context.Context) error                 { return nil }
func (v *Value[T]) Close() error                                       { return nil }

type Lease[T any] struct{ p *T }

func (l *Lease[T]) Value() T { return *l.p }
func (l *Lease[T]) Release() {}

type PlainOptions[T any] struct {
	Name string
	Load func(context.Context) (T, error)
}

type Plain[T any] struct{ p *T }

func NewPlain[T any](first T, o PlainOptions[T]) *Plain[T] { return nil }
func (v *Plain[T]) Get() T                                 { return *v.p }
func (v *Plain[T]) Store(next T) error                     { return nil }
func (v *Plain[T]) Reload(ctx context.Context) error       { return nil }
func (v *Plain[T]) Shutdown(ctx context.Context) error     { return nil }

type PoolOptions[K comparable, V any] struct {
	Name  string
	Open  func(context.Context, K) (V, error)
	Close func(K, V) error
	Max   int
}

type Pool[K comparable, V any] struct{ values map[K]V }

func NewPool[K comparable, V any](o PoolOptions[K, V]) *Pool[K, V]           { return nil }
func (p *Pool[K, V]) Do(ctx context.Context, key K, use func(V) error) error { return nil }
func (p *Pool[K, V]) Drop(key K)                                             {}
func (p *Pool[K, V]) Shutdown(ctx context.Context) error                     { return nil }
func (p *Pool[K, V]) Close() error                                           { return nil }
