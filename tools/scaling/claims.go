package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr"
	"hazptr/tools/internal/sample"
)

const (
	claimed = 1000 // at a time
	rounds  = 20   // in a try
)

// allClaims times how hazard pointers are got and given back.
func allClaims(p *point) error {
	var src atomic.Pointer[thing]
	src.Store(new(thing))
	one := func() {
		for range claimed {
			g := hazptr.Acquire(&src)
			g.Release()
		}
	}
	held := func(guards []hazptr.Guard[thing]) {
		for i := range guards {
			guards[i] = hazptr.Acquire(&src)
		}
		for i := range guards {
			guards[i].Release()
		}
	}
	holder := func() {
		for range claimed {
			hazptr.NewHolder[thing]().Close()
		}
	}
	cores := min(runtime.NumCPU(), p.Procs)
	p.add(times(claims, "Acquire and Release", claim(1, one)))
	p.add(times(claims, "the same, a thousand at a time", claim(1, func() { held(make([]hazptr.Guard[thing], claimed)) })))
	p.add(times(claims, "NewHolder and Close", claim(1, holder)))
	p.add(times(claims, "the same, by all cores at once, per core", claim(cores, holder)))
	return nil
}

// claim returns how long a claim takes, in ns, when so many goroutines make
// them.
func claim(goroutines int, some func()) (ns sample.Sample) {
	for range tries / 5 {
		var all sync.WaitGroup
		begun := time.Now()
		for range goroutines {
			all.Go(func() {
				for range rounds {
					some()
				}
			})
		}
		all.Wait()
		ns = append(ns, float64(time.Since(begun))/(rounds*claimed))
	}
	return ns
}
