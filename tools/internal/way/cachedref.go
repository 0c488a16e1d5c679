package way

import (
	"sync/atomic"

	"hazptr/cachedref"
)

// cachedRefs takes a reference to the object for each read, which the reader's
// Cache counts. Replacing the object kills its Ref; the last Cache that comes
// by ends the object.
type cachedRefs struct {
	head atomic.Pointer[cachedref.Ref[Object]]
	_    [128]byte
}

func newCachedRefs(head *Object) Mechanism {
	m := new(cachedRefs)
	m.head.Store(cachedref.New(head, (*Object).end))
	return m
}

func (m *cachedRefs) Join() LoopReader { return &cachedReader{m, cachedref.NewCache[Object]()} }

func (m *cachedRefs) Replace(next *Object) { m.head.Swap(cachedref.New(next, (*Object).end)).Kill() }

func (m *cachedRefs) Close() {}

type cachedReader struct {
	m     *cachedRefs
	cache *cachedref.Cache[Object]
}

func (r *cachedReader) Leave() { r.cache.Flush() }

// again loads the pointer anew until it is not that of an object which has been
// replaced meanwhile.
//
//go:noinline
func (r *cachedReader) again() (*cachedref.Ref[Object], *Object) {
	for {
		ref := r.m.head.Load()
		if o := r.cache.Get(ref); o != nil {
			return ref, o
		}
	}
}

// Read is unrolled, as holderReader's Read is.
func (r *cachedReader) Read(loops int) (sum uint64) {
	src, cache := &r.m.head, r.cache
	for range loops / 4 {
		ref := src.Load()
		o := cache.Get(ref)
		if o == nil {
			ref, o = r.again()
		}
		sum += o.value
		cache.Put(ref)
		ref = src.Load()
		if o = cache.Get(ref); o == nil {
			ref, o = r.again()
		}
		sum += o.value
		cache.Put(ref)
		ref = src.Load()
		if o = cache.Get(ref); o == nil {
			ref, o = r.again()
		}
		sum += o.value
		cache.Put(ref)
		ref = src.Load()
		if o = cache.Get(ref); o == nil {
			ref, o = r.again()
		}
		sum += o.value
		cache.Put(ref)
	}
	for range loops % 4 {
		ref, o := r.again()
		sum += o.value
		cache.Put(ref)
	}
	return sum
}

func (r *cachedReader) Walk(loops int, delay Delay) (sum uint64) {
	src, cache := &r.m.head, r.cache
	for range loops {
		ref := src.Load()
		head := cache.Get(ref)
		if head == nil {
			ref, head = r.again()
		}
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		cache.Put(ref)
	}
	return sum
}
