package way

import (
	"context"

	"hazptr"
	"hazptr/rcu"
)

// kept has readers that walk in a section of rcu and keep what they have found
// with a hazard pointer. The old object is retired after a grace period.
type kept struct {
	*graced
	objects *hazptr.Domain
}

func newKept(c Config) Ending {
	domain := rcu.New()
	return kept{
		newGraced(c, domain, func(all []source) Reader { return &keepReader{all: all, reader: domain.NewReader()} }),
		// It ends objects one at a time.
		hazptr.NewDomain(hazptr.Config{Workers: 1}),
	}
}

func (e kept) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		e.domain.Call(func() {
			hazptr.RetireIn(e.objects, old, e.bytes, func(old *Object) {
				e.end(old)
				ended.add()
			})
		})
	}
}

func (e kept) Wait(ctx context.Context) error {
	if err := e.graced.Wait(ctx); err != nil {
		return err
	}
	return e.objects.Barrier(ctx)
}

func (e kept) Close(ctx context.Context) error {
	if err := e.graced.Close(ctx); err != nil {
		return err
	}
	return e.objects.Close(ctx)
}

type keepReader struct {
	all    []source
	reader *rcu.Reader
	g      hazptr.Guard[Object]
}

func (r *keepReader) Protect(source int) *Object {
	r.reader.ReadLock()
	r.g = hazptr.Keep(r.all[source].head.Load())
	r.reader.ReadUnlock()
	return r.g.Ptr()
}

func (r *keepReader) Clear() { r.g.Release() }
func (r *keepReader) Leave() { r.reader.Close() }

func (r *keepReader) Read(loops int) (sum uint64) {
	src, reader := &r.all[0].head, r.reader
	for range loops {
		reader.ReadLock()
		g := hazptr.Keep(src.Load())
		reader.ReadUnlock()
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}

// Walk keeps the last object, and spends the delay outside the section.
func (r *keepReader) Walk(loops int, delay Delay) (sum uint64) {
	src, reader := &r.all[0].head, r.reader
	for range loops {
		reader.ReadLock()
		o, before := src.Load().walk(sum)
		g := hazptr.Keep(o)
		reader.ReadUnlock()
		sum = delay.Spend(before)
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}
