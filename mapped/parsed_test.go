package mapped_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/report"
	"hazptr/live"
	"hazptr/mapped"
)

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

func TestNoPath(t *testing.T) {
	litmus.MustPanic(t, "mapped: Open of an empty path", func() { _, _ = mapped.Open("", mapped.Options{}) })
	litmus.MustPanic(t, "mapped: Parse of an empty path", func() {
		_, _ = mapped.Parse("", func(b []byte) (int, error) { return len(b), nil }, mapped.Options{MaxOld: -1})
	})
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
	var j litmus.Journal
	f := newFile(t, 1, 1)
	p := f.open(mapped.Options{Trace: true, Warn: time.Millisecond, MaxOld: 1, Logger: j.Logger()})
	v, err := p.Acquire() // and, for a while, forgotten
	f.must(err)
	f.must(p.Reload(t.Context()))
	err = p.Reload(litmus.Brief(t))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "mapped_test.TestTrace") {
		t.Error(err)
	}
	litmus.Eventually(t, "it is logged", func() bool { return j.Has("still in use") })
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
	then := time.Now().Add(-time.Hour)
	f.must(os.Chtimes(f.path, then, then))
	p := f.open(mapped.Options{ReloadOn: []live.Trigger{live.Changed(5*time.Millisecond, f.path)}})
	for n := byte(1); n < 20; n++ {
		// The one that is replaced is gone, and its inode is free,
		// before the next is made.
		f.must(os.WriteFile(f.path+".aside", nil, 0o600))
		f.must(os.Rename(f.path+".aside", f.path))
		f.must(os.WriteFile(f.path+".new", bytes.Repeat([]byte{n}, page), 0o600))
		f.must(os.Chtimes(f.path+".new", then, then))
		f.must(os.Rename(f.path+".new", f.path))
		litmus.Eventually(t, fmt.Sprintf("version %d is seen", n), func() bool { return p.Do(has(n, 1)) == nil })
	}
}
