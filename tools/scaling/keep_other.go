//go:build !linux

package main

import "time"

// keep keeps the caller's P for a while.
func keep() {
	for begun := time.Now(); time.Since(begun) < 50*time.Microsecond; {
	}
}
