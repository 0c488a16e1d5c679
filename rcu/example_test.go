package rcu_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hazptr/rcu"
)

// A routing table is a tree that lookups walk while routes change. One section
// protects all that a lookup reaches.
func Example() {
	type node struct {
		next atomic.Pointer[node]
		host string
	}
	var routes atomic.Pointer[node]
	domain := rcu.New()

	// An updater adds at the head, and takes the second one out.
	for _, host := range []string{"a", "b", "c"} {
		n := &node{host: host}
		n.next.Store(routes.Load())
		routes.Store(n)
	}
	head := routes.Load()
	old := head.next.Load()
	head.next.Store(old.next.Load())
	domain.Call(func() { fmt.Println(old.host, "has ended") })

	// A goroutine that looks things up.
	r := domain.NewReader()
	defer r.Close()
	r.ReadLock()
	for n := routes.Load(); n != nil; n = n.next.Load() {
		fmt.Println(n.host)
	}
	r.ReadUnlock()

	// Before the program ends: wait for the callbacks.
	if err := domain.Close(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Unordered output:
	// c
	// a
	// b has ended
}

// An updater that can't wait asks later whether all readers have left that
// could see the old one.
func ExampleCookie() {
	domain := rcu.New()
	r := domain.NewReader()
	defer r.Close()
	r.ReadLock()
	cookie := domain.StartPoll()
	fmt.Println("all have left:", domain.Poll(cookie))
	r.ReadUnlock()
	if err := domain.Synchronize(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println("all have left:", domain.Poll(cookie))
	// Output:
	// all have left: false
	// all have left: true
}

// An updater unlinks a thing, waits for all readers that may have seen it, and
// ends it.
func ExampleDomain() {
	domain := rcu.New()
	var current atomic.Pointer[string]
	route := "10.0.0.0/8"
	current.Store(&route)

	old := current.Swap(nil)
	if err := domain.Synchronize(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*old, "has ended")
	// Output:
	// 10.0.0.0/8 has ended
}

// Sections nest: the outermost one counts.
func ExampleReader() {
	domain := rcu.New()
	r := domain.NewReader()
	defer r.Close()
	r.ReadLock()
	r.ReadLock()
	r.ReadUnlock()
	fmt.Println("still reading")
	r.ReadUnlock()
	fmt.Println(domain.Synchronize(context.Background()))
	// Output:
	// still reading
	// <nil>
}

// A reader that stays is found by reports of grace periods that take long.
func ExampleStall() {
	domain := rcu.New()
	stalls := make(chan rcu.Stall, 100)
	domain.ReportStalls(20*time.Millisecond, func(s rcu.Stall) {
		select {
		case stalls <- s:
		default: // it comes again and again
		}
	})
	r := domain.NewReader()
	defer r.Close()
	r.ReadLock()
	domain.Call(func() { fmt.Println("at last") })
	s := <-stalls
	fmt.Println(len(s.Readers), s.Age >= 20*time.Millisecond)
	r.ReadUnlock()
	fmt.Println(domain.Close(context.Background()))
	// Output:
	// 1 true
	// at last
	// <nil>
}
