package srcu_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"hazptr/srcu"
)

// The upstreams of a proxy are replaced while requests are sent through them. A request takes long, blocks, and ends in another goroutine.
func Example() {
	type upstreams struct{ name string }
	var current atomic.Pointer[upstreams]
	current.Store(&upstreams{"old"})
	domain := srcu.New()

	section := domain.ReadLock()
	u := current.Load()
	request, sent := make(chan string), make(chan struct{})
	go func() {
		defer close(sent)
		defer domain.ReadUnlock(section)
		fmt.Println(<-request, "through the", u.name, "upstreams")
	}()

	old := current.Swap(&upstreams{"new"})
	domain.Call(func() { fmt.Println("the", old.name, "upstreams are closed") })
	request <- "a request"
	<-sent

	if err := domain.Close(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// a request through the old upstreams
	// the old upstreams are closed
}
