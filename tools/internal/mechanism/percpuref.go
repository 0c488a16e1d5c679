package mechanism

import (
	"sync/atomic"

	"hazptr/percpuref"
)

// percpuRefs takes a reference to the object for each read, which a
// percpuref.Ref of its own counts. Replacing the object kills its Ref; the last
// reference that is dropped ends the object.
type percpuRefs struct {
	stateless
	head atomic.Pointer[countedObject]
	_    [128]byte
}

// A countedObject is what readers find.
type countedObject struct {
	*Object
	ref *percpuref.Ref
}

func newPercpuRefs(head *Object) Mechanism {
	m := new(percpuRefs)
	m.head.Store(counted(head))
	return m
}

func counted(o *Object) *countedObject { return &countedObject{o, percpuref.New(o.end)} }

func (m *percpuRefs) Join() Reader         { return m }
func (m *percpuRefs) Replace(next *Object) { m.head.Swap(counted(next)).ref.Kill() }

// again loads the pointer anew until it is not that of an object which has been
// replaced meanwhile. It is what the loops below go to when their first
// attempt, which is written out in each, has failed: the compiler doesn't
// inline it, and the call was a sixth of what a read cost.
func (m *percpuRefs) again() *countedObject {
	for {
		if o := m.head.Load(); o.ref.TryGetLive() {
			return o
		}
	}
}

func (m *percpuRefs) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		o := src.Load()
		if !o.ref.TryGetLive() {
			o = m.again()
		}
		sum += o.value
		o.ref.Put()
	}
	return sum
}

func (m *percpuRefs) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		head := src.Load()
		if !head.ref.TryGetLive() {
			head = m.again()
		}
		o, before := head.Object.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		head.ref.Put()
	}
	return sum
}
