package rcu_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"hazptr/rcu"
)

// A routing table is a tree that lookups walk while routes change. One section protects all that a lookup reaches.
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
