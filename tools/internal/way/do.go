package way

import (
	"context"
	"os"
	"path/filepath"

	"hazptr"
)

// done has readers that call Do of a hazptr.Pointer, and is a reader itself.
type done struct {
	pointer hazptr.Pointer[Object]
	domain  *hazptr.Domain
}

func newDone(head *Object) Mechanism {
	m := &done{domain: hazptr.NewDomain(hazptr.Config{Name: filepath.Base(os.Args[0])})}
	m.pointer.Init(hazptr.PointerConfig[Object]{Reclaim: (*Object).end, Domain: m.domain}, head)
	return m
}

func (m *done) Join() LoopReader     { return m }
func (m *done) Leave()               {}
func (m *done) Replace(next *Object) { m.pointer.Replace(next) }

func (m *done) Close() {
	must(m.domain.Barrier(context.Background()))
	must(m.domain.Close(context.Background()))
}

func (m *done) Read(loops int) (sum uint64) {
	for range loops {
		m.pointer.Do(func(o *Object) { sum += o.value })
	}
	return sum
}

// Walk protects the first object alone, since no other is ever retired.
func (m *done) Walk(loops int, delay Delay) (sum uint64) {
	for range loops {
		m.pointer.Do(func(o *Object) {
			o, before := o.walk(sum)
			sum = delay.Spend(before)
			sum += o.value
		})
	}
	return sum
}
