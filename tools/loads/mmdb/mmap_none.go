//go:build plan9 || js || wasip1

package main

// canMap tells whether maxminddb maps files on this system, or reads them into
// memory that the garbage collector ends.
const canMap = false
