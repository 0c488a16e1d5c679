package mapped

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

// A FaultError is a read of mapped bytes that has failed: the file was
// truncated, or its disk or network fails.
type FaultError struct {
	Path   string
	Offset int64 // of the byte in the file; on some processors, of its page
	Cause  error // wraps the runtime's error, whose text it leaves out
}

// Error tells the path, the offset and the cause.
func (e *FaultError) Error() string {
	return fmt.Sprintf("mapped: %s cannot be read at %d: %v", e.Path, e.Offset, e.Cause)
}

// Unwrap returns Cause.
func (e *FaultError) Unwrap() error { return e.Cause }

// A fault is what debug.SetPanicOnFault makes the runtime panic with.
type fault interface {
	runtime.Error
	Addr() uintptr
}

// caught returns the error that a panic of a use is. If it is none, caught
// panics: with an error that explains a fault, or with value.
func (r *region) caught(value any) error {
	f, ok := value.(fault)
	if !ok {
		panic(value)
	}
	inner, again := f.(*explained) // by a Do inside this one
	if again {
		f = inner.fault
	}
	offset, ok := within(r.bytes, f.Addr())
	if !ok {
		if again {
			panic(value)
		}
		panic(r.elsewhere(f))
	}
	cause := r.cause(int(offset), f)
	if cause == nil {
		panic(explain(f, "mapped: byte %d of %s was written to; the mapping is read-only: change a copy", offset, r.path))
	}
	r.faults.Add(1)
	return &FaultError{r.path, int64(offset), cause}
}

// cause tells why a read of the byte at offset has failed, or returns nil if it
// was a write.
//
// A fault does not tell which it was. If the byte can be read now it was a
// write, unless the file was truncated and written again meanwhile: then its
// size or modification time is another one than when it was mapped. The byte is
// read through the mapping, since the path may be another file's by now; of a
// file that is not at its path any more it is not known whether it was written
// to, and it counts as if it was not.
func (r *region) cause(offset int, f fault) error {
	now, err := os.Stat(r.path)
	switch {
	case err != nil || !os.SameFile(now, r.info):
		if readable(r.bytes, offset) {
			return nil
		}
		return explain(f, "the file, which is not at its path any more, was truncated, or its disk fails")
	case now.Size() <= int64(offset):
		return explain(f, "the file was truncated from %d bytes to %d", len(r.bytes), now.Size())
	case !readable(r.bytes, offset):
		return explain(f, "the file was truncated for a while, or its disk fails")
	case rewritten(r.info, now):
		return explain(f, "the file was truncated and written again, unless this was a write")
	}
	return nil
}

// readable reports whether the byte at offset can be read.
func readable(b []byte, offset int) (is bool) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		is = recover() == nil
	}()
	runtime.KeepAlive(b[offset]) // so that it is read
	return true
}
