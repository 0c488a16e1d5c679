//go:build unix

package filecheck

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe has no other end here: opening it would wait for ever.
func TestPipesAndSockets(t *testing.T) {
	folder, err := os.MkdirTemp("", "fc") // short: a socket's path must be
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	pipe, socket := filepath.Join(folder, "pipe"), filepath.Join(folder, "socket")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	link := filepath.Join(folder, "link")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{pipe: "is a named pipe", link: "is a named pipe", socket: "is a socket"} {
		refused(t, "ForReading", path, ForReading(path), want)
		refused(t, "ForWriting", path, ForWriting(path), want)
	}
	refused(t, "ForReading", os.DevNull, ForReading(os.DevNull), "is a device")
}

// A standard output that is a pipe is open, and may be named.
func TestStandardOutput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	defer func(before *os.File) { os.Stdout = before }(os.Stdout)
	info, err := w.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if standard(info) {
		t.Error("another pipe is taken for the standard output")
	}
	os.Stdout = w
	if !standard(info) {
		t.Error("the standard output is not known")
	}
}
