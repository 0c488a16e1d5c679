package gate_test

import (
	"context"
	"fmt"

	"hazptr/gate"
)

// A queue is resized while requests come in: they wait, and those that are under way are waited for.
func Example() {
	g := gate.New()
	ctx := context.Background()

	pass, err := g.Enter(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		fmt.Println("a request is done")
		pass.Exit() // in another goroutine
	}()

	if err := g.Freeze(ctx); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the queue is resized")
	_, ok := g.TryEnter()
	fmt.Println("somebody can enter:", ok)
	g.Unfreeze()

	g.Kill()
	_, err = g.Enter(ctx)
	fmt.Println(err)
	// Output:
	// a request is done
	// the queue is resized
	// somebody can enter: false
	// gate: dying
}
