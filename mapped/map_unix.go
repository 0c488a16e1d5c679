//go:build unix

package mapped

import (
	"os"
	"syscall"
)

const (
	canMap         = true
	withoutWaiting = syscall.O_NONBLOCK // to open a named pipe
)

// mapFile maps the first bytes of file, at least one, for reading.
func mapFile(file *os.File, size int) ([]byte, error) {
	b, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	return b, os.NewSyscallError("mmap", err)
}

func unmap(b []byte) error { return os.NewSyscallError("munmap", syscall.Munmap(b)) }
