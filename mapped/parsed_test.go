package mapped_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/report"
	"hazptr/live"
	"hazptr/mapped"
)

// page is the size of a page, of which every system's is a part or a multiple.
var page = os.Getpagesize()

// A file is one that a test maps, replaces and truncates.
type file struct {
	t    testing.TB
	path string
}

// newFile makes a file of pages, each byte of which is b.
func newFile(t testing.TB, b byte, pages int) file {
	f := file{t, filepath.Join(t.TempDir(), "words")}
	f.replace(b, pages)
	return f
}

func (f file) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// replace renames a new file to the path.
func (f file) replace(b byte, pages int) {
	f.t.Helper()
	f.must(os.WriteFile(f.path+".new", bytes.Repeat([]byte{b}, pages*page), 0o600))
	f.must(os.Rename(f.path+".new", f.path))
}

// rewrite truncates the file and writes it again, in place.
func (f file) rewrite(b byte, pages int) {
	f.t.Helper()
	f.must(os.WriteFile(f.path, bytes.Repeat([]byte{b}, pages*page), 0o600))
}

func (f file) truncate(pages int) {
	f.t.Helper()
	f.must(os.Truncate(f.path, int64(pages*page)))
}

func (f file) open(o mapped.Options) *mapped.File {
	f.t.Helper()
	return parse(f, func(b []byte) ([]byte, error) { return b, nil }, o)
}

// parse opens the file, and shuts it down when the test ends.
func parse[T any](f file, how func([]byte) (T, error), o mapped.Options) *mapped.Parsed[T] {
	f.t.Helper()
	if o.Logger == nil {
		o.Logger = quiet
	}
	p, err := mapped.Parse(f.path, how, o)
	f.must(err)
	f.t.Cleanup(func() { shutdown(f.t, p) })
	return p
}

func shutdown[T any](t testing.TB, p *mapped.Parsed[T]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func reload[T any](t testing.TB, p *mapped.Parsed[T]) {
	t.Helper()
	if err := p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Drain(soon(t)); err != nil {
		t.Fatal(err)
	}
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// brief is a Context that ends before what is waited for happens.
func brief(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// A journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// panicked returns what f panics with, or nil.
func panicked(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// has makes an error of bytes that are not as many pages, or not all b.
func has(b byte, pages int) func([]byte) error {
	return func(is []byte) error {
		if !bytes.Equal(is, bytes.Repeat([]byte{b}, pages*page)) {
			return fmt.Errorf("%d bytes, want %d pages of %d", len(is), pages, b)
		}
		return nil
	}
}

// ways are the Options with which a file is read.
var ways = map[string]mapped.Options{"mapped": {}, "copied": {Copy: true}, "private": {PrivateViews: true}, "quarantine": {Quarantine: time.Second}}

func eachWay(t *testing.T, test func(*testing.T, mapped.Options)) {
	for name, o := range ways {
		t.Run(name, func(t *testing.T) { test(t, o) })
	}
}

func TestReplaced(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 1, 2)
		p := f.open(o)
		if err := p.Do(has(1, 2)); err != nil {
			t.Error(err)
		}
		v, err := p.Acquire()
		f.must(err)
		f.replace(2, 3)
		if err := p.Do(has(1, 2)); err != nil {
			t.Error(err)
		}
		f.must(p.Reload(t.Context()))
		if err := p.Do(has(2, 3)); err != nil {
			t.Error(err)
		}
		if err := has(1, 2)(v.Value()); err != nil {
			t.Error("a View of the file that was replaced:", err)
		}
		v.Release()
		f.must(os.Remove(f.path))
		if err := p.Reload(t.Context()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), f.path) {
			t.Error(err)
		}
		f.must(os.Mkdir(f.path, 0o700))
		if err := p.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), f.path+": is a directory") {
			t.Error(err)
		}
		if err := p.Do(has(2, 3)); err != nil { // the present file stays
			t.Error(err)
		}
		f.must(os.Remove(f.path))
		f.replace(0, 0)
		f.must(p.Reload(t.Context()))
		if err := p.Do(has(0, 0)); err != nil {
			t.Error(err)
		}
		if s := p.Status(); s.Name != "words" || s.Generation != 3 || s.Failures != 2 {
			t.Errorf("%+v", s)
		}
	})
}

// What is at the end of a symbolic link is what counts.
func TestSymbolicLink(t *testing.T) {
	f := newFile(t, 1, 1)
	other := newFile(t, 2, 2)
	link := file{t, filepath.Join(t.TempDir(), "link")}
	f.must(os.Symlink(f.path, link.path))
	p := link.open(mapped.Options{})
	f.must(os.Symlink(other.path, link.path+".new"))
	f.must(os.Rename(link.path+".new", link.path))
	f.must(p.Reload(t.Context()))
	if err := p.Do(has(2, 2)); err != nil {
		t.Error(err)
	}
}

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

// Readers see one version or the other, and no reader's mapping ends.
func TestReloadsBesideReaders(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 0, 4)
		p := f.open(o)
		var stop atomic.Bool
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				for !stop.Load() {
					err := p.Do(func(b []byte) error {
						for i := 0; i < len(b); i += page {
							if b[i] != b[0] {
								return errors.New("two versions at once")
							}
							runtime.Gosched()
						}
						return nil
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for n := range 100 {
			f.replace(byte(n), 4+n)
			f.must(p.Reload(t.Context()))
		}
		stop.Store(true)
		readers.Wait()
	})
}

// A header is what the tests' parse returns: it points into the file.
type header struct{ first []byte }

func parseHeader(b []byte) (*header, error) {
	if len(b) == 0 {
		return nil, errNoHeader
	}
	return &header{b[:1]}, nil
}

var errNoHeader = errors.New("no header")

func TestParse(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 1, 1)
		var parsed atomic.Int64
		way := parseHeader
		p := parse(f, func(b []byte) (*header, error) { parsed.Add(1); return way(b) }, o)
		is := func(b byte) {
			t.Helper()
			for range 3 {
				if err := p.Do(func(h *header) error {
					if h.first[0] != b {
						return fmt.Errorf("%d, want %d", h.first[0], b)
					}
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		}
		is(1)
		if n := parsed.Load(); !o.PrivateViews && n != 1 || o.PrivateViews && n != 4 {
			t.Errorf("parsed %d times", n)
		}
		f.replace(2, 1)
		f.must(p.Reload(t.Context()))
		is(2)

		f.replace(0, 0)
		if err := p.Reload(t.Context()); !errors.Is(err, errNoHeader) {
			t.Error(err)
		}
		f.replace(3, 1)
		if !o.PrivateViews { // whose uses parse, too
			way = func([]byte) (*header, error) { panic("corrupt") }
			if err := p.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "corrupt") {
				t.Error(err)
			}
			way = func([]byte) (*header, error) { runtime.Goexit(); return nil, nil }
			if err := p.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "Goexit") {
				t.Error(err)
			}
			way = func([]byte) (*header, error) {
				_ = p.Shutdown(t.Context())
				return nil, nil
			}
			if err := p.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "in its own Load") {
				t.Error(err)
			}
		}
		way = parseHeader
		is(2)
		f.must(p.Reload(t.Context()))
		is(3)
	})
	if _, err := mapped.Parse(filepath.Join(t.TempDir(), "none"), parseHeader, mapped.Options{Logger: quiet}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
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

func TestClosed(t *testing.T) {
	eachWay(t, func(t *testing.T, o mapped.Options) {
		f := newFile(t, 1, 2)
		p := f.open(o)
		if err := p.Do(func(b []byte) error {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			if err := p.Do(has(1, 2)); !errors.Is(err, live.ErrClosed) {
				t.Error(err)
			}
			return has(1, 2)(b)
		}); err != nil {
			t.Error(err)
		}
		shutdown(t, p)
		shutdown(t, p)
		var own *live.Error
		_, err := p.Acquire()
		for _, err := range []error{err, p.Do(has(1, 2)), p.Reload(t.Context())} {
			if !errors.Is(err, live.ErrClosed) || !errors.As(err, &own) || own.Name != "words" {
				t.Error(err)
			}
		}
	})
}

// The metrics have the faults of a file as long as it is open.
func TestShown(t *testing.T) {
	shown := func() (n int) {
		for label := range report.Faults.All() {
			if label == "shown" {
				n++
			}
		}
		return n
	}
	p := newFile(t, 1, 1).open(mapped.Options{Name: "shown"})
	if shown() != 1 {
		t.Error("an open file is not shown")
	}
	shutdown(t, p)
	if shown() != 0 {
		t.Error("a closed file is shown")
	}
}

// Trace and Warn are package live's.
func TestTrace(t *testing.T) {
	var j journal
	f := newFile(t, 1, 1)
	p := f.open(mapped.Options{Trace: true, Warn: time.Millisecond, MaxOld: 1, Logger: j.logger()})
	v, err := p.Acquire() // and, for a while, forgotten
	f.must(err)
	f.must(p.Reload(t.Context()))
	err = p.Reload(brief(t))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "mapped_test.TestTrace") {
		t.Error(err)
	}
	for !strings.Contains(j.String(), "still in use") {
		time.Sleep(time.Millisecond)
	}
	_ = p.Do(func([]byte) error {
		if s := p.Status(); len(s.Old) != 1 || len(s.Old[0].Acquired) != 1 || !strings.Contains(s.Old[0].Acquired[0], "mapped_test.TestTrace") {
			t.Errorf("%+v", s)
		}
		return nil
	})
	v.Release()
	reload(t, p)
}

// Two renames that keep size and modification time are seen, also if the file
// system gives the inode's number again.
func TestSameSizeAndTime(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a change time is known on unix alone")
	}
	f := newFile(t, 0, 1)
	const poll = 5 * time.Millisecond
	then := time.Now().Add(-time.Hour)
	f.must(os.Chtimes(f.path, then, then))
	p := f.open(mapped.Options{ReloadOn: []live.Trigger{live.Changed(poll, f.path)}})
	for n := byte(1); n < 20; n++ {
		generation := p.Status().Generation
		// The one that is replaced is gone, and its inode is free,
		// before the next is made.
		f.must(os.WriteFile(f.path+".aside", nil, 0o600))
		f.must(os.Rename(f.path+".aside", f.path))
		f.must(os.WriteFile(f.path+".new", bytes.Repeat([]byte{n}, page), 0o600))
		f.must(os.Chtimes(f.path+".new", then, then))
		f.must(os.Rename(f.path+".new", f.path))
		for deadline := time.Now().Add(30 * time.Second); p.Do(has(n, 1)) != nil; time.Sleep(poll / 5) {
			if time.Now().After(deadline) {
				t.Fatalf("version %d was not seen, generation %d before: %+v", n, generation, p.Status())
			}
		}
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
