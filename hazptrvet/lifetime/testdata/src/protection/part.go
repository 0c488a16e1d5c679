package protection

import (
	"bytes"
	"log"
	"os"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"hazptr"
)

// A database is mapped. Its words are the collector's.
type database struct {
	data   []byte
	text   string
	pooled []byte
	file   *os.File
	words  []string
	word   string
	header [16]byte
	name   *string
}

var pool sync.Pool

func (d *database) unmap() {
	syscall.Munmap(d.data)
	free(unsafe.Pointer(unsafe.StringData(d.text)))
	pool.Put(d.pooled)
	d.file.Close()
}

func free(unsafe.Pointer) {}

// A mapping is mapped memory itself.
type mapping []byte

func (m *mapping) unmap() { syscall.Munmap(*m) }

// A list is the collector's.
type list []string

func (l *list) close() { *l = nil }

var (
	databases = hazptr.NewPointer(hazptr.PointerConfig[database]{Reclaim: (*database).unmap}, nil)
	lists     = hazptr.NewPointer(hazptr.PointerConfig[list]{Reclaim: (*list).close}, nil)
	mappings  = hazptr.NewPointer(hazptr.PointerConfig[mapping]{Reclaim: func(m *mapping) { m.unmap() }}, nil)
	buffer    []byte
)

func slices() (a, b, c, d []byte) {
	databases.Do(func(o *database) {
		a = o.header[2:4]              // want `memory of the protected object is assigned to a variable outside the function`
		b = o.data[8:16]               // want `memory of the protected object is assigned`
		c = o.pooled                   // want `memory of the protected object is assigned`
		d = append(o.data[:0], "x"...) // want `memory of the protected object is assigned`
	})
	return
}

func texts() (a, b, c string) {
	databases.Do(func(o *database) {
		a = unsafe.String(&o.header[0], 4)                     // want `memory of the protected object is assigned`
		b = unsafe.String(unsafe.SliceData(o.data[4:]), 8)[2:] // want `memory of the protected object is assigned`
		c = o.text                                             // want `memory of the protected object is assigned`
	})
	return
}

func interior() (a *byte, b *int32, c *byte, d unsafe.Pointer, e *[4]byte) {
	databases.Do(func(o *database) {
		a = &o.data[3]                             // want `the protected pointer is assigned`
		b = (*int32)(unsafe.Pointer(&o.header[4])) // want `the protected pointer is assigned`
		c = unsafe.SliceData(o.data)               // want `the protected pointer is assigned`
		d = unsafe.Add(unsafe.Pointer(o), 4)       // want `the protected pointer is assigned`
		e = (*[4]byte)(o.data)                     // want `the protected pointer is assigned`
	})
	return
}

func handle() *os.File {
	var f *os.File
	databases.Do(func(o *database) { f = o.file }) // want `the protected pointer is assigned`
	return f
}

func inMapping() (b []byte) {
	mappings.Do(func(m *mapping) { b = (*m)[1:3] }) // want `memory of the protected object is assigned`
	return b
}

func storesSlice() {
	g := databases.Acquire()
	defer g.Release()
	buffer = g.Ptr().data[:8] // want `memory of the protected object is stored where it stays`
}

func returnsSlice() []byte {
	g := databases.Acquire()
	defer g.Release()
	return g.Ptr().data[:8] // want `memory of the protected object is returned, but the deferred call ends its protection`
}

func returnsText() string {
	g := databases.Acquire()
	defer g.Release()
	header := g.Ptr().header[:]
	return unsafe.String(&header[0], len(header)) // want `memory of the protected object is returned`
}

func returnsInStruct() *request2 {
	g := databases.Acquire()
	defer g.Release()
	return &request2{data: g.Ptr().data} // want `the protected pointer is returned`
}

type request2 struct{ data []byte }

func sendsSlice(to chan<- []byte) {
	databases.Do(func(o *database) {
		to <- o.data[2:] // want `memory of the protected object is sent on`
	})
}

func usesSlice(h *hazptr.Holder[database]) byte {
	b := databases.Protect(h).data
	h.Clear()
	return b[1] // want `the object is used after line 131 has ended its protection`
}

func copiesLate(h *hazptr.Holder[database], to []byte) {
	b := databases.Protect(h).data
	h.Clear()
	copy(to, b) // want `the object is used after line 137 has ended`
}

func convertsLate(h *hazptr.Holder[database]) string {
	b := databases.Protect(h).data
	h.Clear()
	return string(b) // want `the object is used after line 143 has ended`
}

func writesLate(h *hazptr.Holder[database]) {
	f := databases.Protect(h).file
	h.Clear()
	f.WriteString("x") // want `the object is used after line 149 has ended`
}

// What follows is right.

func collectors() (a []string, b string, c *string, d byte, e int) {
	databases.Do(func(o *database) {
		a = o.words
		b = o.words[1]
		c = o.name
		d = o.data[0]
		e = len(o.data)
	})
	return
}

func ofList() (some []string) {
	lists.Do(func(l *list) { some = (*l)[1:] })
	return some
}

func copies() (a []byte, b, c, d string, e []byte, f [16]byte) {
	databases.Do(func(o *database) {
		a = bytes.Clone(o.data)
		b = string(o.data[1:3])
		c = strings.Clone(o.text)
		d = o.word
		e = append(e, o.data...)
		f = o.header
	})
	return
}

func copiesInTime(to []byte) (n int) {
	g := databases.Acquire()
	defer g.Release()
	b := g.Ptr().data[4:]
	n = copy(to, b)
	log.Print(len(b))
	return n
}

func lengthAfter(h *hazptr.Holder[database]) int {
	b := databases.Protect(h).data
	h.Clear()
	return len(b)
}

// The database of a Guard that is returned beside it.
func withItsGuard() (hazptr.Guard[database], []byte) {
	g := databases.Acquire()
	return g, g.Ptr().data
}
