package mechanism

import (
	"context"

	"hazptr/rcu"
)

// rcuReaders has an rcu.Reader for each reader, in a Domain of its own.
type rcuReaders struct {
	source
	domain *rcu.Domain
}

func newRCU(head *Object) Mechanism {
	return begun(&rcuReaders{domain: rcu.New()}, head)
}

func (m *rcuReaders) Join() Reader { return &rcuReader{m, m.domain.NewReader()} }

func (m *rcuReaders) Replace(next *Object) { m.domain.Call(m.head.Swap(next).end) }

func (m *rcuReaders) Close() { mustClose(m.domain) }

// mustClose waits until all callbacks have run, so that none of that work is
// left to the experiment that comes next.
func mustClose(domain interface{ Close(context.Context) error }) {
	if err := domain.Close(context.Background()); err != nil {
		panic(err)
	}
}

type rcuReader struct {
	m *rcuReaders
	r *rcu.Reader
}

func (r *rcuReader) Leave() { r.r.Close() }

// Read is unrolled, as holderReader's Read is.
func (r *rcuReader) Read(loops int) (sum uint64) {
	src, reader := &r.m.head, r.r
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
	src, reader := &r.m.head, r.r
	for range loops {
		reader.ReadLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		reader.ReadUnlock()
	}
	return sum
}
