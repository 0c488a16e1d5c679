package way

import (
	"context"

	"hazptr/rcu"
	"hazptr/srcu"
)

// graced ends the old object in a callback after a grace period, in a domain of
// its own.
type graced struct {
	*sources
	domain graceDomain
	join   func(all []source) Reader
}

// A graceDomain is an rcu.Domain or an srcu.Domain.
type graceDomain interface {
	Call(func())
	Synchronize(context.Context) error
	Barrier(context.Context) error
	Close(context.Context) error
}

func newGraced(c Config, domain graceDomain, join func(all []source) Reader) *graced {
	return &graced{newSources(c), domain, join}
}

func (e *graced) Join() Reader                    { return e.join(e.all) }
func (e *graced) Wait(ctx context.Context) error  { return e.domain.Barrier(ctx) }
func (e *graced) Close(ctx context.Context) error { return e.domain.Close(ctx) }

func (e *graced) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		e.domain.Call(func() { // callbacks run one at a time
			e.end(old)
			ended.add()
		})
	}
}

// awaited is graced with an updater that waits for the grace period and ends
// the old object itself.
type awaited struct{ *graced }

func (e awaited) NewWriter(source int) Writer {
	return e.newWaiter(source, func(*Object) error { return e.domain.Synchronize(context.Background()) })
}

func newRCUCall(c Config) Ending        { return newRCU(c) }
func newRCUSynchronize(c Config) Ending { return awaited{newRCU(c)} }

// newRCU has an rcu.Reader for each reader.
func newRCU(c Config) *graced {
	domain := rcu.New()
	return newGraced(c, domain, func(all []source) Reader { return &rcuReader{all, domain.NewReader()} })
}

type rcuReader struct {
	all    []source
	reader *rcu.Reader
}

func (r *rcuReader) Protect(source int) *Object {
	r.reader.ReadLock()
	return r.all[source].head.Load()
}

func (r *rcuReader) Clear() { r.reader.ReadUnlock() }
func (r *rcuReader) Leave() { r.reader.Close() }

// Read is unrolled, as holderReader's Read is.
func (r *rcuReader) Read(loops int) (sum uint64) {
	src, reader := &r.all[0].head, r.reader
	for range loops / 4 {
		reader.ReadLock()
		sum += src.Load().value
		reader.ReadUnlock()
		reader.ReadLock()
		sum += src.Load().value
		reader.ReadUnlock()
		reader.ReadLock()
		sum += src.Load().value
		reader.ReadUnlock()
		reader.ReadLock()
		sum += src.Load().value
		reader.ReadUnlock()
	}
	for range loops % 4 {
		reader.ReadLock()
		sum += src.Load().value
		reader.ReadUnlock()
	}
	return sum
}

func (r *rcuReader) Walk(loops int, delay Delay) (sum uint64) {
	src, reader := &r.all[0].head, r.reader
	for range loops {
		reader.ReadLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		reader.ReadUnlock()
	}
	return sum
}

func newSRCUCall(c Config) Ending        { return newSRCU(c) }
func newSRCUSynchronize(c Config) Ending { return awaited{newSRCU(c)} }

// newSRCU has readers that enter and leave the domain.
func newSRCU(c Config) *graced {
	domain := srcu.New()
	return newGraced(c, domain, func(all []source) Reader { return &srcuReader{all: all, domain: domain} })
}

type srcuReader struct {
	all    []source
	domain *srcu.Domain
	token  srcu.Token
}

func (r *srcuReader) Protect(source int) *Object {
	r.token = r.domain.ReadLock()
	return r.all[source].head.Load()
}

func (r *srcuReader) Clear() { r.domain.ReadUnlock(r.token) }
func (r *srcuReader) Leave() {}

func (r *srcuReader) Read(loops int) (sum uint64) {
	src, domain := &r.all[0].head, r.domain
	for range loops {
		section := domain.ReadLock()
		sum += src.Load().value
		domain.ReadUnlock(section)
	}
	return sum
}

func (r *srcuReader) Walk(loops int, delay Delay) (sum uint64) {
	src, domain := &r.all[0].head, r.domain
	for range loops {
		section := domain.ReadLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		domain.ReadUnlock(section)
	}
	return sum
}
