package reclaim

import (
	"context"
	"sync/atomic"

	"hazptr"
	"hazptr/srcu"
)

type file struct{ next atomic.Pointer[file] }

var (
	ctx     = context.Background()
	source  atomic.Pointer[file]
	current hazptr.Pointer[file]
	domain  = hazptr.NewDomain(hazptr.Config{})
	global  = hazptr.NewPointer(hazptr.PointerConfig[file]{Domain: domain, Reclaim: func(*file) {
		domain.Barrier(ctx) // want `Barrier waits for the functions of its domain, of which this is one \(line 18\)`
	}}, nil)
	options = hazptr.PointerConfig[file]{Reclaim: closeAlso, Domain: domain}
	another = hazptr.NewPointer(options, nil)
	readers = srcu.New()
)

func byDefault() {
	hazptr.Retire(source.Swap(nil), func(*file) {
		hazptr.Default().Barrier(ctx) // want `Barrier waits for the functions of its domain, of which this is one \(line 27\): it waits for itself`
	})
}

func inDomain(d *hazptr.Domain) {
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) {
		defer d.Flush(ctx) // want `Flush waits for the functions of its domain`
	})
}

func inGlobalDomain() {
	hazptr.RetireIn(domain, source.Swap(nil), 0, closeAll)
}

func closeAll(*file) {
	stop()
}

func stop() {
	_ = domain.Close(ctx) // want `Close waits for the functions of its domain`
}

func local() {
	d := hazptr.NewDomain(hazptr.Config{})
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) {
		if err := d.Barrier(ctx); err != nil { // want `Barrier waits for the functions of its domain`
			panic(err)
		}
	})
}

func closeAlso(*file) {
	domain.Flush(ctx) // want `Flush waits for the functions of its domain`
}

func inPointer() {
	current.Init(hazptr.PointerConfig[file]{Reclaim: func(*file) {
		hazptr.Default().Flush(ctx) // want `Flush waits for the functions of its domain`
	}}, nil)
}

func inPointerOf(d *hazptr.Domain, next *file) *hazptr.Pointer[file] {
	c := hazptr.PointerConfig[file]{Domain: d}
	c.Reclaim = func(*file) {
		d.Barrier(ctx) // want `Barrier waits for the functions of its domain`
	}
	return hazptr.NewPointer(c, next)
}

func callback() {
	readers.Call(func() {
		readers.Barrier(ctx) // want `Barrier waits for the functions of its domain`
	})
}

type store struct{ domain *hazptr.Domain }

func newStore() *store { return &store{domain: hazptr.NewDomain(hazptr.Config{})} }

func (s *store) drop() {
	hazptr.RetireIn(s.domain, source.Swap(nil), 0, func(*file) {
		s.domain.Barrier(ctx) // want `Barrier waits for the functions of its domain`
	})
}

// What follows is right.

func anotherDomain(d, other *hazptr.Domain) {
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) {
		other.Barrier(ctx)
		hazptr.Default().Flush(ctx)
	})
}

func anotherPointer(d *hazptr.Domain) {
	current.Init(hazptr.PointerConfig[file]{Domain: d, Reclaim: func(*file) {
		hazptr.Default().Flush(ctx)
	}}, nil)
	c := hazptr.PointerConfig[file]{Reclaim: func(*file) { hazptr.Default().Flush(ctx) }}
	fill(&c)
	hazptr.NewPointer(c, nil)
	changed := hazptr.PointerConfig[file]{Reclaim: func(*file) { domain.Flush(ctx) }}
	changed.Domain = d
	if d == nil {
		changed.Domain = domain
	}
	hazptr.NewPointer(changed, nil)
	if d != nil {
		options := hazptr.PointerConfig[file]{Domain: d}
		if ctx.Err() != nil {
			options = hazptr.PointerConfig[file]{Domain: domain}
		}
		options.Reclaim = func(*file) { hazptr.Default().Flush(ctx) }
		hazptr.NewPointer(options, nil)
	}
}

func fill(c *hazptr.PointerConfig[file]) { c.Domain = domain }

func parallel() {
	hazptr.Retire(source.Swap(nil), func(*file) {
		go hazptr.Default().Barrier(ctx)
		go func() { hazptr.Default().Flush(ctx) }()
	})
}

// A reclaim function may wait for the readers of another object.
func synchronizes() {
	hazptr.Retire(source.Swap(nil), func(f *file) {
		next := f.next.Swap(nil)
		if err := hazptr.Synchronize(ctx, next); err == nil {
			hazptr.Retire(next, func(*file) {})
		}
	})
}

func outside(d *hazptr.Domain) {
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) {})
	d.Barrier(ctx)
}

func changing(d *hazptr.Domain) {
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*file) { d.Barrier(ctx) })
	d = domain
}

func synchronizeInCallback() {
	readers.Call(func() { readers.Synchronize(ctx) })
}
