//go:build unix

package mapped_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/report"
	"hazptr/mapped"
)

var (
	keptByte   byte
	keptString string
)

func faultOf(t *testing.T, err error) *mapped.FaultError {
	t.Helper()
	var f *mapped.FaultError
	if !errors.As(err, &f) {
		t.Fatalf("%v, want a *FaultError", err)
	}
	var cause runtime.Error
	if !errors.As(err, &cause) {
		t.Errorf("%v does not wrap the runtime's error", err)
	}
	if strings.Contains(err.Error(), "nil pointer") {
		t.Errorf("%v tells of a nil pointer", err)
	}
	return f
}

func TestTruncated(t *testing.T) {
	for name, o := range ways {
		if o.Copy {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := newFile(t, 1, 8)
			o.Name = "truncated " + name
			p := f.open(o)
			for n, pages := range []int{3, 0} {
				f.truncate(pages)
				at := 5*page + 7
				err := p.Do(func(b []byte) error { keptByte = b[at]; return nil })
				fault := faultOf(t, err)
				if fault.Path != f.path || fault.Offset != int64(at) || !strings.Contains(err.Error(), fmt.Sprintf("from %d bytes to %d", 8*page, pages*page)) {
					t.Errorf("%+v", fault)
				}
				for label, faults := range report.Faults.All() {
					if label == o.Name && faults.Load() != int64(n+1) {
						t.Errorf("%d faults are counted, want %d", faults.Load(), n+1)
					}
				}
				if pages > 0 {
					if err := p.Do(func(b []byte) error { return has(1, pages)(b[:pages*page]) }); err != nil {
						t.Error("what the file still has:", err)
					}
				}
			}
			if debug.SetPanicOnFault(false) {
				t.Error("SetPanicOnFault is still set")
			}
			reload(t, p)
			if err := p.Do(has(0, 0)); err != nil {
				t.Error(err)
			}
		})
	}
}

// A copy does not change.
func TestTruncatedCopy(t *testing.T) {
	f := newFile(t, 1, 8)
	p := f.open(mapped.Options{Copy: true})
	f.truncate(0)
	if err := p.Do(has(1, 8)); err != nil {
		t.Error(err)
	}
}

// What reads in assembly, and in the runtime.
func TestFaultsInAssembly(t *testing.T) {
	f := newFile(t, 1, 8)
	p := f.open(mapped.Options{})
	f.truncate(2)
	for name, use := range map[string]func([]byte){
		"IndexByte": func(b []byte) { bytes.IndexByte(b, 7) },
		"Contains":  func(b []byte) { bytes.Contains(b, []byte("lemon")) },
		"copy":      func(b []byte) { copy(make([]byte, len(b)), b) },
		"Clone":     func(b []byte) { bytes.Clone(b) },
		"Equal":     func(b []byte) { bytes.Equal(b, bytes.Repeat([]byte{1}, len(b))) },
		"sha256":    func(b []byte) { sha256.Sum256(b) },
		"crc32":     func(b []byte) { crc32.ChecksumIEEE(b) },
		"string":    func(b []byte) { keptString = string(b) },
		"maphash":   func(b []byte) { maphash.Bytes(maphash.MakeSeed(), b) },
	} {
		fault := faultOf(t, p.Do(func(b []byte) error { use(b); return nil }))
		if fault.Offset < int64(2*page) || fault.Offset >= int64(8*page) {
			t.Errorf("%s: at %d", name, fault.Offset)
		}
	}
}

// A map that was given a key in the file fails, and so does the assignment.
func TestFaultInMapAssignment(t *testing.T) {
	f := newFile(t, 1, 2)
	p := f.open(mapped.Options{})
	counts := map[string]int{}
	f.truncate(1)
	faultOf(t, p.Do(func(b []byte) error {
		counts[unsafe.String(&b[page], page)]++ //hazptrvet:ignore the assignment fails
		return nil
	}))
	if len(counts) != 0 {
		t.Error(len(counts))
	}
}

// wrapsRuntimes returns the error that Do has panicked with, and notices if it
// does not wrap the runtime's, or has not its address.
func wrapsRuntimes(t *testing.T, value any) error {
	t.Helper()
	type fault interface {
		runtime.Error
		Addr() uintptr
	}
	err, _ := value.(error)
	own, ok := value.(fault)
	original, is := errors.Unwrap(err).(fault)
	if !ok || !is || own.Addr() < uintptr(page) || own.Addr() != original.Addr() || !strings.HasPrefix(original.Error(), "runtime error: ") {
		t.Errorf("%#v does not wrap the runtime's error", value)
	}
	return err
}

// A write is a mistake, and no truncated file; also one into a file that was
// replaced since.
func TestWrite(t *testing.T) {
	for name, o := range ways {
		if o.Copy {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := newFile(t, 1, 2)
			p := f.open(o)
			write := func(when string) {
				t.Helper()
				value := panicked(func() { _ = p.Do(func(b []byte) error { b[page] = 2; return nil }) })
				want := fmt.Sprintf("mapped: byte %d of %s was written to; the mapping is read-only: change a copy", page, f.path)
				if err := wrapsRuntimes(t, value); err == nil || err.Error() != want {
					t.Errorf("%s: %v, want %s", when, value, want)
				}
			}
			write("at first")
			f.replace(1, 1)
			write("when another file is at the path")
			f.must(os.Remove(f.path))
			write("when none is")
			f.replace(1, 1)
		})
	}
}

// A file that was truncated and written again has its bytes back when Do looks.
func TestTruncatedForAWhile(t *testing.T) {
	f := newFile(t, 1, 2)
	p := f.open(mapped.Options{})
	time.Sleep(20 * time.Millisecond) // for another modification time
	f.truncate(0)
	err := p.Do(func(b []byte) error {
		defer f.rewrite(2, 2) // after the fault
		keptByte = b[page]
		return nil
	})
	if fault := faultOf(t, err); fault.Offset != int64(page) || !strings.Contains(err.Error(), "written again") {
		t.Error(err)
	}
}

// The file that was mapped has left its path, and then is truncated.
func TestTruncatedElsewhere(t *testing.T) {
	f := newFile(t, 1, 2)
	p := f.open(mapped.Options{})
	f.must(os.Rename(f.path, f.path+".old"))
	f.replace(2, 3)
	f.must(os.Truncate(f.path+".old", 0))
	err := p.Do(func(b []byte) error { keptByte = b[page]; return nil })
	if fault := faultOf(t, err); fault.Offset != int64(page) || !strings.Contains(err.Error(), "not at its path") {
		t.Error(err)
	}
}

// A fault is an error of the Do whose file it is in.
func TestTwoFiles(t *testing.T) {
	whole, short := newFile(t, 1, 2), newFile(t, 2, 2)
	w, s := whole.open(mapped.Options{}), short.open(mapped.Options{})
	short.truncate(0)
	err := w.Do(func(a []byte) error {
		inner := s.Do(func(b []byte) error { keptByte = a[page] + b[page]; return nil })
		if faultOf(t, inner).Path != short.path {
			t.Error(inner)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = s.Do(func(b []byte) error {
		inner := w.Do(func(a []byte) error { keptByte = a[page] + b[page]; return nil })
		t.Error("the inner Do has returned", inner)
		return nil
	})
	if faultOf(t, err).Path != short.path {
		t.Error(err)
	}
}

// A fault in no file of a Do: bytes that were kept, or memory of others. It is
// explained once, by the innermost Do.
func TestFaultElsewhere(t *testing.T) {
	f, outer := newFile(t, 1, 1), newFile(t, 2, 1)
	p, o := f.open(mapped.Options{}), outer.open(mapped.Options{})
	others, err := syscall.Mmap(-1, 0, page, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	f.must(err)
	defer func() { f.must(syscall.Munmap(others)) }()
	value := panicked(func() {
		_ = o.Do(func([]byte) error {
			return p.Do(func([]byte) error { keptByte = others[7]; return nil })
		})
	})
	want := fmt.Sprintf("mapped: address %#x cannot be used, and is not in %s: it is of bytes that were kept beyond an earlier Do, for which see Options.PrivateViews, or of memory that has nothing to do with package mapped", &others[7], f.path)
	if err := wrapsRuntimes(t, value); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", value, want)
	}
	// An address that no processor has is not told.
	value = panicked(func() { _ = p.Do(func([]byte) error { keptByte = *noAddress(); return nil }) })
	if fault, ok := value.(interface{ Addr() uintptr }); ok && fault.Addr() == 0 && !strings.Contains(fmt.Sprint(value), "runtime error: ") {
		t.Error(value)
	}
}

// noAddress returns a pointer that is not canonical on amd64.
//
//go:nocheckptr
func noAddress() *byte { return (*byte)(unsafe.Add(nil, 1<<(unsafe.Sizeof(uintptr(0))*8-2))) }

func TestFaultInParse(t *testing.T) {
	f := newFile(t, 1, 2)
	shrink := false
	p := parse(f, func(b []byte) (byte, error) {
		if shrink { // as if between the look at its size and now
			f.truncate(1)
		}
		return b[page], nil
	}, mapped.Options{})
	shrink = true
	if fault := faultOf(t, p.Reload(t.Context())); fault.Offset != int64(page) {
		t.Error(fault)
	}
	if err := p.Do(func(b byte) error { keptByte = b; return nil }); err != nil || keptByte != 1 {
		t.Error(err)
	}
	if _, err := mapped.Parse(f.path, func(b []byte) (byte, error) { f.truncate(0); return b[0], nil }, mapped.Options{Logger: quiet}); faultOf(t, err).Offset != 0 {
		t.Error(err)
	}
	if mappings(t, f.path) > 1 {
		t.Error("what parse has refused is still mapped")
	}
	f.rewrite(1, 2)
	shrink = false
}

// A system call returns an error, and soon.
func TestFaultInSystemCall(t *testing.T) {
	f := newFile(t, 1, 64)
	p := f.open(mapped.Options{})
	f.truncate(2)
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	f.must(err)
	defer out.Close()
	if err := p.Do(func(b []byte) error { _, err := out.Write(b[2*page:]); return err }); !errors.Is(err, syscall.EFAULT) {
		t.Error(err)
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	f.must(err)
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	for _, from := range []int{0, 2 * page} {
		c, err := net.Dial("tcp", listener.Addr().String())
		f.must(err)
		f.must(c.SetDeadline(time.Now().Add(30 * time.Second)))
		if err := p.Do(func(b []byte) error { _, err := c.Write(b[from:]); return err }); !errors.Is(err, syscall.EFAULT) {
			t.Errorf("from %d: %v", from, err)
		}
		f.must(c.Close())
	}
}

// A Do after the one that failed, on the same goroutine, with a lock that was
// given back by a defer.
func TestFaultsAgainAndAgain(t *testing.T) {
	f := newFile(t, 1, 2)
	p := f.open(mapped.Options{})
	f.truncate(1)
	for range 1000 {
		faultOf(t, p.Do(func(b []byte) error { keptByte = b[page]; return nil }))
	}
	if err := p.Do(func(b []byte) error { keptByte = b[page-1]; return nil }); err != nil {
		t.Error(err)
	}
}
