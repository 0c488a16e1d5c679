package mechanism

import (
	"sync/atomic"

	"hazptr/percpuref"
)

// percpuRefs takes a reference to the object for each read, which a percpuref.Ref of its own counts. Replacing the object kills its Ref; whoever drops the last
// reference ends the object.
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
func (m *percpuRefs) Close()               {}

// getLive loads the pointer and takes a reference. Where that fails the object has been replaced.
func getLive(src *atomic.Pointer[countedObject]) *countedObject {
	for {
		if o := src.Load(); o.ref.TryGetLive() {
			return o
		}
	}
}

func (m *percpuRefs) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		o := getLive(src)
		sum += o.value
		o.ref.Put()
	}
	return sum
}

func (m *percpuRefs) ReadSlowly(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		o := getLive(src)
		sum = delay.Spend(sum)
		sum += o.value
		o.ref.Put()
	}
	return sum
}

func (m *percpuRefs) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		head := getLive(src)
		for o := head.Object; o != nil; o = o.next.Load() {
			sum += o.value
		}
		sum = delay.Spend(sum)
		head.ref.Put()
	}
	return sum
}
