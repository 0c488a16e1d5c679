//go:build unix

package mortal

import (
	"fmt"
	"syscall"
)

const canProtect = true

// reserve returns memory that may not be accessed.
func reserve(size int) ([]byte, error) {
	prot := syscall.PROT_NONE
	if !inaccessible {
		prot = syscall.PROT_READ | syscall.PROT_WRITE
	}
	return syscall.Mmap(-1, 0, size, prot, syscall.MAP_PRIVATE|syscall.MAP_ANON)
}

func release(memory []byte) error { return syscall.Munmap(memory) }

func allow(page []byte) { protect(page, syscall.PROT_READ|syscall.PROT_WRITE) }

func forbid(page []byte) { protect(page, syscall.PROT_NONE) }

func protect(page []byte, prot int) {
	if !inaccessible {
		return
	}
	if err := syscall.Mprotect(page, prot); err != nil {
		// More mappings than the kernel lets a process have, probably
		// (vm.max_map_count).
		panic(fmt.Sprintf("mprotect: %v; a smaller -objects may help", err))
	}
}
