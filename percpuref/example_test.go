package percpuref_test

import (
	"fmt"

	"hazptr/percpuref"
)

// A database handle is used by many requests, some of which hand it on, and is closed when the last of them is done.
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
