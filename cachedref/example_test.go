package cachedref_test

import (
	"fmt"
	"sync/atomic"

	"hazptr/cachedref"
)

// Every file that a worker opens keeps a reference to the policy that it was
// opened under. The policy changes seldom.
func Example() {
	type policy struct{ name string }
	var current atomic.Pointer[cachedref.Ref[policy]]
	install := func(name string) {
		next := cachedref.New(&policy{name}, func(p *policy) { fmt.Println(p.name, "is released") })
		if old := current.Swap(next); old != nil {
			old.Kill()
		}
	}
	install("strict")

	// A worker.
	c := cachedref.NewCache[policy]()
	open := func() (*policy, *cachedref.Ref[policy]) {
		for {
			ref := current.Load()
			if p := c.Get(ref); p != nil { // nil if it was replaced in between
				return p, ref
			}
		}
	}
	p, first := open()
	fmt.Println("opened under", p.name)
	install("lax")
	p, second := open()
	fmt.Println("opened under", p.name)
	c.Put(first) // the first file is closed
	c.Put(second)
	c.Flush() // the worker waits for work
	// Output:
	// opened under strict
	// opened under lax
	// strict is released
}

// A goroutine's Cache counts what the goroutine takes and drops, at the price
// of an ordinary variable.
func ExampleCache() {
	ref := cachedref.New(&[]byte{1}, func(*[]byte) { fmt.Println("released") })
	c := cachedref.NewCache[[]byte]()
	c.Get(ref)
	c.Get(ref)
	c.Put(ref)
	ref.Kill()
	c.Put(ref)
	fmt.Println("before it is flushed")
	c.Flush()
	// Output:
	// before it is flushed
	// released
}

// What one goroutine has taken another may drop.
func ExampleRef() {
	ref := cachedref.New(&[]byte{1}, func(*[]byte) { fmt.Println("released") })
	taken := make(chan struct{})
	go func() {
		c := cachedref.NewCache[[]byte]()
		c.Get(ref)
		c.Flush()
		close(taken)
	}()
	<-taken
	ref.Kill()
	c := cachedref.NewCache[[]byte]()
	c.Put(ref)
	c.Flush()
	// Output:
	// released
}
