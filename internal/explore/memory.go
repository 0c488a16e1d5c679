package explore

import (
	"sync/atomic"
	"unsafe"
)

// A location is what is known of an address in the present execution. Events
// are told by their positions, from 1; 0 is none.
type location struct {
	written  [2 * maxThreads]int32 // last write, by thread and buffer
	read     [maxThreads]int32     // last read, by thread
	acquired int32                 // the last time that its mutex was locked
	owner    *Thread               // of its mutex
	version  int                   // how many changes there were
}

// A memory is all locations. They are reused by the next execution.
type memory struct {
	index map[uintptr]int
	all   []location
}

func (m *memory) reset() {
	clear(m.index)
	m.all = m.all[:0]
}

// at returns the location of an address. It is valid until the next call.
func (m *memory) at(addr uintptr) *location {
	i, known := m.index[addr]
	if !known {
		i = len(m.all)
		m.all = append(m.all, location{})
		m.index[addr] = i
	}
	return &m.all[i]
}

// changedBy takes note of a change. It wakes threads that have read what was
// there before, but not the one that made it.
func (m *memory) changedBy(t *Thread, addr uintptr) {
	l := m.at(addr)
	l.version++
	for i := range t.reads {
		if r := &t.reads[i]; r.addr == addr && r.version == l.version-1 {
			r.version++
		}
	}
}

// reach stores an entry where all see it.
func (e *entry) reach() {
	switch e.size {
	case 0:
		atomic.StorePointer((*unsafe.Pointer)(e.addr), e.ptr)
	case 4:
		atomic.StoreUint32((*uint32)(e.addr), uint32(e.value))
	default:
		atomic.StoreUint64((*uint64)(e.addr), e.value)
	}
}
