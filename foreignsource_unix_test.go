//go:build hazptr_debug && unix

package hazptr

import (
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"
)

// foreignSource returns a source in memory that is mapped, and how to unmap it.
func foreignSource(t *testing.T) (source *atomic.Pointer[database], free func()) {
	memory, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	return (*atomic.Pointer[database])(unsafe.Pointer(&memory[64])), func() {
		if err := syscall.Munmap(memory); err != nil {
			t.Error(err)
		}
	}
}
