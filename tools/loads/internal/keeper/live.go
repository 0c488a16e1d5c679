package keeper

import (
	"context"

	"hazptr/live"
)

// Lived has a live.Value of that name, and each look is a Do.
func Lived[T any](name string, end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] {
		return lived[T]{live.New(first, live.Options[*T]{Name: name, Close: func(old *T) error {
			end(old)
			return nil
		}})}
	}
}

type lived[T any] struct{ value *live.Value[*T] }

func (k lived[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		if err := k.value.Do(func(object *T) error {
			use(object)
			return nil
		}); err != nil {
			panic(err) // the Value is closed
		}
	}, noLeave
}

func (k lived[T]) Replace(next *T) {
	if err := k.value.Store(next); err != nil {
		panic(err) // next is there already
	}
}

func (k lived[T]) End(ctx context.Context) error { return k.value.Shutdown(ctx) }
