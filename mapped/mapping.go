package mapped

import (
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/goexit"
)

// A mapping is a file as it was at one Load, parsed.
type mapping[T any] struct {
	region
	value T
}

// do calls use, and makes a *FaultError of a fault in m. The former
// SetPanicOnFault is back before anything else is done.
func (m *mapping[T]) do(use func(T) error) (err error) {
	before, returned := debug.SetPanicOnFault(true), false
	defer func() {
		debug.SetPanicOnFault(before)
		if returned {
			return // a recover has its price
		}
		if !goexit.UnderWay() {
			// It is nil after panic(nil), with GODEBUG=panicnil=1.
			err = m.caught(recover())
		}
	}()
	err = use(m.value)
	returned = true
	return err
}

// A region is the memory that a file is in: a mapping or, if copied, memory of
// the Go heap.
type region struct {
	path       string
	file       *os.File    // for private mappings, else nil
	info       os.FileInfo // of the file when it was mapped; nil if copied
	bytes      []byte
	copied     bool
	generation uint64                // 0: parse has not accepted it
	last       atomic.Pointer[place] // where its last use began, if noted
	faults     *atomic.Int64
}

// open maps or copies the file at r.path.
func (r *region) open(copies bool) (err error) {
	if copies {
		r.copied = true
		r.bytes, err = readWhole(r.path)
		return err
	}
	if r.file, r.info, err = openRegular(r.path); err != nil {
		return err
	}
	r.bytes, err = mapWhole(r.file, r.info)
	if err != nil {
		r.closeFile()
		return inPath("map", r.path, err)
	}
	return nil
}

func (r *region) closeFile() {
	if r.file != nil {
		_ = r.file.Close() // it was read only
		r.file = nil
	}
}

// end unmaps r, after a quarantine if that is not zero.
func (r *region) end(quarantine time.Duration, logger *slog.Logger) error {
	bytes := r.bytes
	r.bytes = nil // the heap may come to have the addresses
	switch {
	case r.copied || len(bytes) == 0:
		return nil
	case quarantine == 0:
		return unmap(bytes)
	}
	e := Ended{Path: r.path, Generation: r.generation, At: time.Now()}
	if last := r.last.Load(); last != nil {
		e.LastUse = last.String()
	}
	return ended.add(e, bytes, quarantine, logger)
}

// within returns where in b an address lies.
func within(b []byte, address uintptr) (offset uintptr, ok bool) {
	offset = address - uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return offset, offset < uintptr(len(b))
}

// A place is the stack of a use, whose innermost function outside this package
// is where it began.
type place [8]uintptr

func newPlace() *place {
	p := new(place)
	runtime.Callers(2, p[:])
	return p
}

func (p *place) String() string {
	frames := runtime.CallersFrames(p[:])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, here+".") {
			return fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line)
		}
	}
}

var here = reflect.TypeFor[place]().PkgPath()
