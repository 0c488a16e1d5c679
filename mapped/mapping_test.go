package mapped_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"hazptr/mapped"
)

// A file that grows is mapped at the size it has.
func TestGrowing(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 1, 1)
		p := f.open(o)
		for pages := 2; pages < 20; pages++ {
			end, err := os.OpenFile(f.path, os.O_APPEND|os.O_WRONLY, 0)
			f.must(err)
			_, err = end.Write(bytes.Repeat([]byte{1}, page))
			f.must(errors.Join(err, end.Close()))
			if err := p.Do(has(1, pages-1)); err != nil {
				t.Error(err)
			}
			f.must(p.Reload(t.Context()))
			if err := p.Do(has(1, pages)); err != nil {
				t.Error(err)
			}
		}
	})
}

// A use may end in any way, and leaves SetPanicOnFault as it was.
func TestUsesThatDoNotReturn(t *testing.T) {
	p := newFile(t, 1, 1).open(mapped.Options{})
	own := errors.New("the use's")
	for _, before := range []bool{false, true} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			debug.SetPanicOnFault(before)
			is := func(when string) {
				if was := debug.SetPanicOnFault(before); was != before {
					t.Errorf("after %s SetPanicOnFault is %v", when, was)
				}
			}
			if err := p.Do(func([]byte) error { return own }); err != own {
				t.Error(err)
			}
			is("a return")
			if value := panicked(func() { _ = p.Do(func([]byte) error { panic(own) }) }); value != own {
				t.Error(value)
			}
			is("a panic")
			if value := panicked(func() {
				_ = p.Do(func([]byte) error { var none *header; none.first = nil; return nil })
			}); value == nil || !strings.Contains(fmt.Sprint(value), "nil pointer") {
				t.Error(value)
			}
			defer is("Goexit")
			_ = p.Do(func([]byte) error { runtime.Goexit(); return nil })
		}()
		<-done
	}
}

// A Shutdown unmaps everything.
func TestShutdownUnmaps(t *testing.T) {
	f := newFile(t, 1, 4)
	p := f.open(mapped.Options{})
	for n := range 20 {
		f.replace(byte(n), 4)
		f.must(p.Reload(t.Context()))
	}
	if mappings(t, f.path) == 0 && runtime.GOOS == "linux" {
		t.Error("nothing is mapped")
	}
	shutdown(t, p)
	if n := mappings(t, f.path); n != 0 {
		t.Errorf("%d mappings after Shutdown", n)
	}
}

// mappings returns how many times a file is mapped: 0 where that is not told.
func mappings(t *testing.T, path string) int {
	maps, err := os.ReadFile("/proc/self/maps")
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(maps, []byte(path))
}
