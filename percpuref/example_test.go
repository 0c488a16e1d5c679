package percpuref_test

import (
	"fmt"

	"hazptr/percpuref"
)

// A database handle is used by many requests, some of which hand it on. It is
// closed when the last of them is done.
func Example() {
	db := percpuref.New(func() { fmt.Println("closed") })

	request := func(name string) {
		if !db.TryGetLive() {
			fmt.Println(name, "comes too late")
			return
		}
		defer db.Put()
		fmt.Println(name, "is served")
	}

	request("the first")
	db.Get() // for a goroutine that this one starts
	db.Kill()
	request("the second")
	fmt.Println("closing")
	db.Put()
	// Output:
	// the first is served
	// the second comes too late
	// closing
	// closed
}

// A Ref that was killed can live again, when its last reference has been
// dropped.
func ExampleRef() {
	idle := make(chan struct{}, 1)
	users := percpuref.New(func() { idle <- struct{}{} })
	users.Kill() // nothing else has a reference
	<-idle
	fmt.Println("idle:", users.IsZero())
	users.Reinit()
	fmt.Println("a user gets in:", users.TryGetLive())
	users.Put()
	// Output:
	// idle: true
	// a user gets in: true
}
