package srcu_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"hazptr/srcu"
)

// The upstreams of a proxy are replaced while requests are sent through them. A
// request takes long, blocks, and ends in another goroutine.
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

// An updater that can't wait asks later whether all readers have left that
// could see the old one.
func ExampleCookie() {
	domain := srcu.New()
	section := domain.ReadLock()
	cookie := domain.StartPoll()
	fmt.Println("all have left:", domain.Poll(cookie))
	domain.ReadUnlock(section)
	if err := domain.Synchronize(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println("all have left:", domain.Poll(cookie))
	// Output:
	// all have left: false
	// all have left: true
}

// Readers may take as long as they like. An updater that waits for them may
// give up.
func ExampleDomain() {
	domain := srcu.New()
	section := domain.ReadLock()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fmt.Println("gave up:", domain.Synchronize(ctx) != nil)
	domain.ReadUnlock(section)
	fmt.Println(domain.Synchronize(context.Background()))
	// Output:
	// gave up: true
	// <nil>
}

// A section that begins in one goroutine and ends in another.
func ExampleToken() {
	domain := srcu.New()
	sections := make(chan srcu.Token, 1)
	sections <- domain.ReadLock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		domain.ReadUnlock(<-sections)
	}()
	fmt.Println(domain.Synchronize(context.Background()))
	<-done
	// Output:
	// <nil>
}
