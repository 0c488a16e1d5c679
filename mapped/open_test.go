//go:build unix

package mapped_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hazptr/mapped"
)

// What is no regular file is refused, and not waited for.
func TestIrregular(t *testing.T) {
	folder := t.TempDir()
	pipe, socket := filepath.Join(folder, "pipe"), filepath.Join(folder, "s")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	for _, o := range []mapped.Options{{}, {Copy: true}} {
		for path, kind := range map[string]string{folder: "a directory", pipe: "a named pipe", socket: "a socket", os.DevNull: "a device"} {
			began := time.Now()
			o.Logger = quiet
			_, err := mapped.Open(path, o)
			var in *fs.PathError
			if !errors.As(err, &in) || in.Path != path || !strings.Contains(err.Error(), "is "+kind+", not a regular file") {
				t.Error(path, err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Error(path, took)
			}
		}
	}
}

// Files of /proc have bytes, and no size.
func TestProc(t *testing.T) {
	const path = "/proc/self/status"
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
	_, err := mapped.Open(path, mapped.Options{Logger: quiet})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "copied, not mapped") {
		t.Error(err)
	}
	p := file{t, path}.open(mapped.Options{Copy: true})
	if err := p.Do(func(b []byte) error {
		if !bytes.Contains(b, []byte("Pid:")) {
			t.Errorf("%q", b)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// A file that is larger than the address space, without a byte on disk.
func TestTooLarge(t *testing.T) {
	f := newFile(t, 1, 1)
	if err := os.Truncate(f.path, 1<<43-1); err != nil {
		t.Skip("the file system has no files of that size:", err)
	}
	p, err := mapped.Open(f.path, mapped.Options{Logger: quiet})
	if err == nil { // a 64-bit system that has room for it
		shutdown(t, p)
		return
	}
	if !strings.Contains(err.Error(), f.path) {
		t.Error(err)
	}
}
