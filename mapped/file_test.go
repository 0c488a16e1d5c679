package mapped_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hazptr/internal/litmus"
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

// A header is what the tests' parse returns: it points into the file.
type header struct{ first []byte }

func parseHeader(b []byte) (*header, error) {
	if len(b) == 0 {
		return nil, errNoHeader
	}
	return &header{b[:1]}, nil
}

var errNoHeader = errors.New("no header")

func shutdown[T any](t testing.TB, p *mapped.Parsed[T]) {
	t.Helper()
	if err := p.Shutdown(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

func reload[T any](t testing.TB, p *mapped.Parsed[T]) {
	t.Helper()
	if err := p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Drain(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
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

// panicked returns what f panics with, or nil.
func panicked(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

var quiet = slog.New(slog.DiscardHandler)
