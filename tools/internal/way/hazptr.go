package way

import (
	"context"
	"os"
	"path/filepath"

	"hazptr"
)

// hazards has readers with hazard pointers, and is embedded by the ways to end
// what these protect.
type hazards struct {
	*sources
	guards bool
}

func newHazards(c Config) hazards { return hazards{newSources(c), c.Guards} }

func (h hazards) Join() Reader {
	if h.guards {
		return &guardReader{all: h.all}
	}
	return &holderReader{all: h.all, h: hazptr.NewHolder[Object]()}
}

// holderReader has a hazard pointer of its own.
type holderReader struct {
	all      []source
	h, ahead *hazptr.Holder[Object] // ahead is made by the first Walk
}

func (r *holderReader) Protect(source int) *Object { return r.h.Protect(&r.all[source].head) }
func (r *holderReader) Clear()                     { r.h.Clear() }

func (r *holderReader) Leave() {
	r.h.Close()
	if r.ahead != nil {
		r.ahead.Close()
	}
}

// Read is unrolled: with one read a turn the same instructions take two or four
// cycles, by where the linker puts them.
func (r *holderReader) Read(loops int) (sum uint64) {
	src, h := &r.all[0].head, r.h
	for range loops / 4 {
		sum += h.Protect(src).value
		h.Clear()
		sum += h.Protect(src).value
		h.Clear()
		sum += h.Protect(src).value
		h.Clear()
		sum += h.Protect(src).value
		h.Clear()
	}
	for range loops % 4 {
		sum += h.Protect(src).value
		h.Clear()
	}
	return sum
}

// Walk may protect a node through its predecessor's link, since only the head
// is ever retired and what follows it stays.
func (r *holderReader) Walk(loops int, delay Delay) (sum uint64) {
	if r.ahead == nil {
		r.ahead = hazptr.NewHolder[Object]()
	}
	src, h, ahead := &r.all[0].head, r.h, r.ahead
	for range loops {
		o := h.Protect(src)
		for next := ahead.Protect(&o.next); next != nil; next = ahead.Protect(&o.next) {
			sum += o.value
			if o = h.Protect(&next.next); o == nil {
				o = next
				break
			}
			sum += next.value
		}
		// With the last object protected by one of the two.
		sum = delay.Spend(sum)
		sum += o.value
		h.Clear()
		ahead.Clear()
	}
	return sum
}

// retired retires the old object in a Domain of its own, which also knows how
// many are pending.
type retired struct {
	hazards
	domain *hazptr.Domain
}

func newRetired(c Config) Ending { return newRetiredIn(c, hazptr.Config{}) }

// newGuarded is newRetired with Guards.
func newGuarded(c Config) Ending {
	c.Guards = true
	return newRetired(c)
}

func newInline(c Config) Ending { return newRetiredIn(c, hazptr.Config{ReclaimInline: true}) }

func newRetiredIn(c Config, domain hazptr.Config) *retired {
	domain.Name, domain.Workers = filepath.Base(os.Args[0]), c.Workers
	return &retired{newHazards(c), hazptr.NewDomain(domain)}
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

// again is retired with Holders that are not cleared: a reader that is done
// with an object protects the present one.
type again struct{ *retired }

func newAgain(c Config) Ending { return again{newRetiredIn(c, hazptr.Config{})} }

func (e again) Join() Reader {
	return &againReader{holderReader{all: e.all, h: hazptr.NewHolder[Object]()}}
}

type againReader struct{ holderReader }

func (r *againReader) Clear() { r.h.Protect(&r.all[0].head) }

// barriered is retired with an updater that waits until its object has ended,
// and all others that were retired before it.
type barriered struct{ *retired }

func newBarriered(c Config) Ending { return barriered{newRetiredIn(c, hazptr.Config{})} }

func (e barriered) NewWriter(source int) Writer {
	retire := e.retired.NewWriter(source)
	return func(next *Object) {
		retire(next)
		must(e.domain.Barrier(context.Background()))
	}
}

// synchronized waits until nothing protects the old object, and ends it itself.
// No Domain takes part.
type synchronized struct{ hazards }

func newSynchronized(c Config) Ending { return synchronized{newHazards(c)} }

func (e synchronized) NewWriter(source int) Writer {
	return e.newWaiter(source, func(old *Object) error { return hazptr.Synchronize(context.Background(), old) })
}

// guardReader takes a hazard pointer for each read.
type guardReader struct {
	all []source
	g   hazptr.Guard[Object]
}

func (r *guardReader) Protect(source int) *Object {
	r.g = hazptr.Acquire(&r.all[source].head)
	return r.g.Ptr()
}

func (r *guardReader) Clear() { r.g.Release() }
func (r *guardReader) Leave() {}

func (r *guardReader) Read(loops int) (sum uint64) {
	src := &r.all[0].head
	for range loops {
		g := hazptr.Acquire(src)
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}

// Walk may protect a node through its predecessor's link, since only the head
// is ever retired and what follows it stays.
func (r *guardReader) Walk(loops int, delay Delay) (sum uint64) {
	src := &r.all[0].head
	for range loops {
		g := hazptr.Acquire(src)
		for {
			o := g.Ptr()
			ahead := hazptr.Acquire(&o.next)
			if ahead.Ptr() == nil {
				break // there is nothing to release
			}
			sum += o.value
			g.Release()
			g = ahead
		}
		sum = delay.Spend(sum)
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}
