package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr"
	"hazptr/gate"
	"hazptr/internal/fence"
	"hazptr/percpuref"
	"hazptr/rcu"
	"hazptr/srcu"
	"hazptr/tools/internal/sample"
)

// A thing is what is protected, and retired.
type thing struct{ _ [64]byte }

func (*thing) end() {}

// probe measures waits, claims and memory in this process, whose GOMAXPROCS is
// the number of Ps.
func probe() (*point, error) {
	p := &point{Procs: runtime.GOMAXPROCS(0)}
	for _, measure := range []func(*point) error{memories, idleWaits, busyWaits, allClaims} {
		if err := measure(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *point) add(f figure) { p.Figures = append(p.Figures, f) }

// tries is how often what is timed is tried.
const tries = 100

// timed returns how long each try of f takes, in ns.
func timed(f func()) (ns sample.Sample) {
	for range tries {
		begun := time.Now()
		f()
		ns = append(ns, float64(time.Since(begun)))
	}
	return ns
}

// allocated returns how many bytes f allocates.
func allocated(f func() error) (bytes float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc), err
}

// memories finds what is allocated by type. The first use of Guards must be
// here.
func memories(p *point) error {
	// The scheduler's own threads and goroutines are not to count.
	if err := onEachP(func() {}); err != nil {
		return err
	}
	kept := make([]any, 0, 8) // until all is measured
	holders := make([]*hazptr.Holder[thing], p.Procs)
	keep := func(v any) error {
		kept = append(kept, v)
		return nil
	}
	var src atomic.Pointer[thing]
	src.Store(new(thing))
	domain := hazptr.NewDomain(hazptr.Config{Name: "scaling"})
	for _, m := range []struct {
		name string
		make func() error
	}{
		{"hazptr.Domain", func() error { return keep(hazptr.NewDomain(hazptr.Config{})) }},
		{"its queues, once an object was retired on each P", func() error {
			return onEachP(func() { hazptr.RetireIn(domain, new(thing), 0, (*thing).end) })
		}},
		{"a Guard on each P, of the process", func() error {
			return onEachP(func() {
				g := hazptr.Acquire(&src)
				g.Release()
			})
		}},
		{"a Holder for each P", func() error {
			for i := range holders {
				holders[i] = hazptr.NewHolder[thing]()
			}
			return nil
		}},
		{"rcu.Domain", func() error { return keep(rcu.New()) }},
		{"srcu.Domain", func() error { return keep(srcu.New()) }},
		{"percpuref.Ref", func() error { return keep(percpuref.New(func() {})) }},
		{"gate.Gate", func() error { return keep(gate.New()) }},
	} {
		bytes, err := allocated(m.make)
		if err != nil {
			return err
		}
		p.add(figure{Group: memory, Name: m.name, Unit: "B", Median: bytes, Minimum: bytes})
	}
	for _, h := range holders {
		h.Close()
	}
	runtime.KeepAlive(kept)
	return domain.Close(context.Background())
}

// idleWaits times what waits for readers while there are none.
func idleWaits(p *point) error {
	ctx := context.Background()
	p.add(times(waits, "a fence", timed(fence.Heavy)))
	if err := passes(p, "a pass, nothing held"); err != nil {
		return err
	}
	var failed error
	must := func(err error) { failed = errors.Join(failed, err) }
	readers, sections, usage := rcu.New(), srcu.New(), gate.New()
	p.add(times(waits, "rcu: Synchronize, without Readers", timed(func() { must(readers.Synchronize(ctx)) })))
	p.add(times(waits, "srcu: Synchronize", timed(func() { must(sections.Synchronize(ctx)) })))
	p.add(times(waits, "percpuref: New and Kill", timed(func() { percpuref.New(func() {}).Kill() })))
	p.add(times(waits, "gate: Freeze and Unfreeze", timed(func() {
		must(usage.Freeze(ctx))
		usage.Unfreeze()
	})))
	return failed
}

// passes times passes of one object each, without their fences.
func passes(p *point, name string) error {
	domain := hazptr.NewDomain(hazptr.Config{Name: "scaling", ScanPercent: 100})
	var ns sample.Sample
	for len(ns) < tries {
		before := domain.Stats()
		hazptr.RetireIn(domain, new(thing), 0, (*thing).end)
		if err := domain.Barrier(context.Background()); err != nil {
			return err
		}
		if after := domain.Stats(); after.Scans == before.Scans+1 {
			ns = append(ns, float64(after.ScanTime-before.ScanTime))
		}
	}
	p.add(times(waits, name, ns))
	return domain.Close(context.Background())
}

// busyWaits times them while something is held on each P, or for each.
func busyWaits(p *point) error {
	var src atomic.Pointer[thing]
	src.Store(new(thing))
	var mu sync.Mutex
	var held []hazptr.Guard[thing]
	err := onEachP(func() {
		g := hazptr.Acquire(&src)
		mu.Lock()
		held = append(held, g)
		mu.Unlock()
	})
	if err != nil {
		return err
	}
	if err := passes(p, "a pass, a Guard held on each P"); err != nil {
		return err
	}
	for i := range held {
		held[i].Release()
	}
	holders := make([]*hazptr.Holder[thing], p.Procs)
	for i := range holders {
		holders[i] = hazptr.NewHolder[thing]()
		holders[i].Protect(&src)
	}
	if err := passes(p, "a pass, a Holder for each P"); err != nil {
		return err
	}
	for _, h := range holders {
		h.Close()
	}
	domain := rcu.New()
	readers := make([]*rcu.Reader, p.Procs)
	for i := range readers {
		readers[i] = domain.NewReader()
	}
	var failed error
	p.add(times(waits, "rcu: Synchronize, a Reader for each P", timed(func() { failed = errors.Join(failed, domain.Synchronize(context.Background())) })))
	for _, r := range readers {
		r.Close()
	}
	return failed
}
