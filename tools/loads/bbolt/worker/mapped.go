package main

import (
	"fmt"
	"os"
	"strings"
)

// A mapped is what a process has mapped of a file, in bytes; nothing where the
// system doesn't tell as Linux does.
type mapped struct{ largest, total int64 }

// mappedOf returns what is mapped of the file, also where it was removed
// meanwhile.
func mappedOf(file string) (m mapped) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return mapped{}
	}
	for line := range strings.Lines(string(maps)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), " (deleted)")
		if !strings.HasSuffix(line, " "+file) {
			continue
		}
		var from, to int64
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			continue
		}
		m.largest = max(m.largest, to-from)
		m.total += to - from
	}
	return m
}
