package gate_test

import (
	"context"
	"fmt"

	"hazptr/gate"
)

// A queue is resized while requests come in. New requests wait, and the resize
// waits for the requests that are under way.
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
	fmt.Println("a user can enter:", ok)
	g.Unfreeze()

	g.Kill()
	_, err = g.Enter(ctx)
	fmt.Println(err)
	// Output:
	// a request is done
	// the queue is resized
	// a user can enter: false
	// gate: dying
}

// A file is replaced while no user is inside.
func ExampleGate() {
	g := gate.New()
	file := "old"
	use := func() {
		pass, err := g.Enter(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		defer pass.Exit()
		fmt.Println("using the", file, "file")
	}
	use()
	if err := g.Freeze(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	file = "new" // no user is inside
	g.Unfreeze()
	use()
	// Output:
	// using the old file
	// using the new file
}

// A Pass may be given back by another goroutine than the one that entered.
func ExamplePass() {
	g := gate.New()
	passes := make(chan gate.Pass, 1)
	if pass, ok := g.TryEnter(); ok {
		passes <- pass
	}
	go func() {
		pass := <-passes
		pass.Exit()
	}()
	fmt.Println(g.Freeze(context.Background()))
	// Output:
	// <nil>
}
