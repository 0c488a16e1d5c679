//go:build linux || darwin

package mapped_test

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/litmus"
	"hazptr/mapped"
)

// late reads b, whose mapping may have ended, and returns the fault's address.
func late(b []byte) (at uintptr) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault, ok := recover().(interface{ Addr() uintptr }); ok {
			at = fault.Addr()
		}
	}()
	keptByte = b[0]
	return 0
}

// keep keeps a File's bytes beyond the Do, on purpose.
func keep(t *testing.T, p *mapped.File) (kept []byte) {
	if err := p.Do(func(b []byte) error {
		kept = b //hazptrvet:ignore that is what is to be explained
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestQuarantine(t *testing.T) {
	var j litmus.Journal
	f := newFile(t, 1, 4)
	p := f.open(mapped.Options{Quarantine: time.Minute, Logger: j.Logger()})
	kept := keep(t, p)
	f.replace(2, 2)
	before := time.Now()
	reload(t, p)
	at := late(kept[page : page+8])
	e, ok := mapped.Explain(at)
	if !ok || e.Path != f.path || e.Generation != 1 || e.Offset != int64(page) || e.At.Before(before) || !strings.HasPrefix(e.LastUse, "hazptr/mapped_test.keep ") {
		t.Errorf("%+v", e)
	}
	if !j.Has(fmt.Sprintf("from=%#x", unsafe.SliceData(kept))) {
		t.Error(j.String())
	}

	// In a Do, of whatever file.
	other := newFile(t, 3, 1).open(mapped.Options{})
	value := panicked(func() { _ = other.Do(func([]byte) error { keptByte = kept[2*page]; return nil }) })
	if e, ok := value.(*mapped.Ended); !ok || e.Path != f.path || e.Offset != int64(2*page) || !strings.Contains(e.Error(), "its last use began at hazptr/mapped_test.keep ") {
		t.Error(value)
	}
	if _, ok := mapped.Explain(uintptr(unsafe.Pointer(e))); ok {
		t.Error("an address of something else is explained")
	}
	shutdown(t, p) // quarantines go on
	if _, ok := mapped.Explain(at); !ok {
		t.Error("Shutdown has ended a quarantine")
	}
}

// A quarantine ends, also after Shutdown, and the mapping with it.
func TestQuarantineEnds(t *testing.T) {
	f := newFile(t, 1, 4)
	p := f.open(mapped.Options{Quarantine: 50 * time.Millisecond})
	address := uintptr(unsafe.Pointer(unsafe.SliceData(keep(t, p))))
	shutdown(t, p)
	litmus.Eventually(t, "it is unmapped", func() bool {
		_, ok := mapped.Explain(address)
		return !ok && mappings(t, f.path) == 0
	})
}

// What parse has refused was never in use.
func TestQuarantineOfARefusedFile(t *testing.T) {
	f := newFile(t, 1, 1)
	var kept []byte
	_, err := mapped.Parse(f.path, func(b []byte) (int, error) { kept = b; return 0, errNoHeader }, mapped.Options{Quarantine: time.Minute, Logger: quiet})
	if !errors.Is(err, errNoHeader) {
		t.Fatal(err)
	}
	if e, ok := mapped.Explain(late(kept)); !ok || e.Generation != 0 || !strings.Contains(e.Error(), "never in use") {
		t.Errorf("%v", e)
	}
}

func TestPrivateViews(t *testing.T) {
	f := newFile(t, 1, 4)
	p := f.open(mapped.Options{PrivateViews: true})
	for range 3 {
		kept := keep(t, p)
		at := late(kept[3*page:])
		if e, ok := mapped.Explain(at); !ok || e.Path != f.path || e.Generation != 1 || e.Offset != int64(3*page) || !strings.HasPrefix(e.LastUse, "hazptr/mapped_test.keep ") {
			t.Errorf("%+v", e)
		}
	}
	v, err := p.Acquire()
	f.must(err)
	kept := v.Value()
	if at := late(kept); at != 0 {
		t.Error("a View's bytes are a fault before its Release")
	}
	v.Release()
	if e, ok := mapped.Explain(late(kept)); !ok || !strings.HasPrefix(e.LastUse, "hazptr/mapped_test.TestPrivateViews ") {
		t.Errorf("%+v", e)
	}
	if p.Do(func(a []byte) error { // two at once
		return p.Do(func(b []byte) error {
			if &a[0] == &b[0] {
				t.Error("two Dos share a mapping")
			}
			return errors.Join(has(1, 4)(a), has(1, 4)(b))
		})
	}) != nil {
		t.Error("a Do in a Do")
	}
}

// A process may not have more than so many mappings, whichever Dos end at once.
func TestManyPrivateViews(t *testing.T) {
	f := newFile(t, 1, 1)
	p := f.open(mapped.Options{PrivateViews: true, Quarantine: time.Hour})
	first := keep(t, p)
	var uses sync.WaitGroup
	for range 4 {
		uses.Go(func() {
			for range 1250 {
				if err := p.Do(has(1, 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	uses.Wait()
	// Those of the last uses may be on their way to be unmapped.
	litmus.Eventually(t, "no more than 4,100 are mapped", func() bool { return mappings(t, f.path) <= 4100 })
	if e, ok := mapped.Explain(uintptr(unsafe.Pointer(unsafe.SliceData(first)))); ok && e.LastUse == "" {
		t.Error(e)
	}
}
