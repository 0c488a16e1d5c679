package mechanism

import (
	"context"

	"hazptr"
)

// holders has a hazard pointer of its own for each reader.
type holders struct{ source }

func (m *holders) Join() Reader {
	return &holderReader{m: m, h: hazptr.NewHolder[Object](), ahead: hazptr.NewHolder[Object]()}
}

func (m *holders) Replace(next *Object) {
	hazptr.Retire(m.head.Swap(next), (*Object).end)
}

func (m *holders) Close() { waitForRetired() }

// waitForRetired returns when the reclaim functions of all retired objects have
// run, so that none of that work is left to the experiment that comes next.
func waitForRetired() {
	if err := hazptr.Default().Barrier(context.Background()); err != nil {
		panic(err)
	}
}

type holderReader struct {
	m        *holders
	h, ahead *hazptr.Holder[Object]
}

func (r *holderReader) Leave() {
	r.h.Close()
	r.ahead.Close()
}

// Read is unrolled: with one read a turn the same instructions take two or four
// cycles, by where the linker puts them.
func (r *holderReader) Read(loops int) (sum uint64) {
	src, h := &r.m.head, r.h
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
	src, h, ahead := &r.m.head, r.h, r.ahead
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
		sum = delay.Spend(sum) // with the last object protected by one of the two
		sum += o.value
		h.Clear()
		ahead.Clear()
	}
	return sum
}
