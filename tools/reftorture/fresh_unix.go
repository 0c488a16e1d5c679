//go:build unix

package main

import "golang.org/x/sys/unix"

func reserveFresh(size int) ([]byte, error) {
	return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

// renew makes the memory as if it had never been touched. Where that fails
// pages are less fresh, and the test less sharp.
func renew(memory []byte) { unix.Madvise(memory, unix.MADV_DONTNEED) }

func releaseFresh(memory []byte) { unix.Munmap(memory) }
