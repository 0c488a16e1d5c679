package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// allocate returns memory outside the Go heap with this content.
func allocate(content []byte) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, len(content), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	unfreed.Add(1)
	copy(b, content)
	return b, nil
}

func free(b []byte) error {
	unfreed.Add(-1)
	return unix.Munmap(b)
}

// look returns what the process holds.
func look() (h held, err error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return h, err
	}
	if _, err := fmt.Sscan(strings.SplitN(string(statm), " ", 3)[1], &h.resident); err != nil {
		return h, err
	}
	h.resident *= int64(os.Getpagesize())
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return h, err
	}
	h.mappings = int64(bytes.Count(maps, []byte("\n")))
	files, err := os.ReadDir("/proc/self/fd")
	h.files = int64(len(files))
	return h, err
}
