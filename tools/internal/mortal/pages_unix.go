//go:build unix

package mortal

import (
	"fmt"

	"golang.org/x/sys/unix"
)

const canProtect = true

// Map returns memory outside the Go heap that was never touched.
func Map(size int) ([]byte, error) {
	return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

// Renew makes the memory as if it had never been touched. Where that fails
// pages are less fresh, and a test less sharp.
func Renew(memory []byte) { unix.Madvise(memory, unix.MADV_DONTNEED) }

func allow(page []byte) { protect(page, unix.PROT_READ|unix.PROT_WRITE) }

func forbid(pages []byte) { protect(pages, unix.PROT_NONE) }

func protect(pages []byte, prot int) {
	if !inaccessible {
		return
	}
	if err := unix.Mprotect(pages, prot); err != nil {
		// More mappings than the kernel lets a process have, probably
		// (vm.max_map_count).
		panic(fmt.Sprintf("mprotect: %v; a smaller -objects may help", err))
	}
}
