//go:build !unix

package main

import "os"

// reserve returns memory of the Go heap, for want of another kind.
func reserve(size int) ([]byte, error) { return make([]byte, size), nil }

// release overwrites it: a late check finds no edition.
func release(region []byte) error {
	clear(region)
	return nil
}

func open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return file.Close()
}
