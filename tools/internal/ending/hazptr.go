package ending

import (
	"context"

	"hazptr"
)

// holders has a hazard pointer of its own for each reader, and is embedded by
// the three ways to end what hazard pointers protect.
type holders struct{ sources }

func (h *holders) Join() Reader { return &holderReader{h, hazptr.NewHolder[Object]()} }

type holderReader struct {
	h      *holders
	holder *hazptr.Holder[Object]
}

func (r *holderReader) Protect(source int) *Object { return r.holder.Protect(&r.h.all[source].head) }
func (r *holderReader) Clear()                     { r.holder.Clear() }
func (r *holderReader) Leave()                     { r.holder.Close() }

// retired retires the old object in a Domain of its own, which also knows how
// many are pending.
type retired struct {
	holders
	domain *hazptr.Domain
	bytes  int64
}

func newRetired(c Config) Ending { return newRetiredIn(c, hazptr.Config{}) }

func newInline(c Config) Ending { return newRetiredIn(c, hazptr.Config{ReclaimInline: true}) }

func newRetiredIn(c Config, domain hazptr.Config) *retired {
	domain.Name, domain.Workers = "updatescale", c.Workers
	return &retired{holders{newSources(c)}, hazptr.NewDomain(domain), c.Bytes}
}

func (e *retired) Pending() (objects, bytes int64) {
	s := e.domain.Stats()
	return s.Pending, s.PendingBytes
}

func (e *retired) Wait(ctx context.Context) error  { return e.domain.Barrier(ctx) }
func (e *retired) Close(ctx context.Context) error { return e.domain.Close(ctx) }

func (e *retired) NewWriter(source int) Writer {
	src, domain, bytes, reclaim := &e.all[source], e.domain, e.bytes, e.end
	return func(next *Object) { hazptr.RetireIn(domain, src.head.Swap(next), bytes, reclaim) }
}

// barriered is retired with an updater that waits until its object has ended,
// and all others that were retired before it.
type barriered struct{ retired }

func newBarriered(c Config) Ending { return &barriered{*newRetiredIn(c, hazptr.Config{})} }

func (e *barriered) NewWriter(source int) Writer {
	retire := e.retired.NewWriter(source)
	return func(next *Object) {
		retire(next)
		must(e.domain.Barrier(context.Background()))
	}
}

// synchronized waits until nothing protects the old object, and ends it itself.
// No Domain takes part.
type synchronized struct {
	holders
	ledger
	none
}

func newSynchronized(c Config) Ending {
	return &synchronized{holders: holders{newSources(c)}, ledger: ledger{bytes: c.Bytes}}
}

func (e *synchronized) NewWriter(source int) Writer {
	return newWaiter(&e.sources, &e.ledger, source, func(old *Object) error { return hazptr.Synchronize(context.Background(), old) })
}

// none is embedded by ways that leave nothing to wait for and nothing to give
// back.
type none struct{}

func (none) Wait(context.Context) error  { return nil }
func (none) Close(context.Context) error { return nil }
