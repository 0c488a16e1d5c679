//go:build unix

package main

import "syscall"

// reserve returns memory outside the Go heap.
func reserve(size int) ([]byte, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
}

// release gives it back: a late check faults.
func release(region []byte) error { return syscall.Munmap(region) }

// open opens a file and closes it again, as plainly as can be.
func open(path string) error {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}
