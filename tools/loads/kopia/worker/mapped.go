package main

import (
	"fmt"
	"os"
	"strings"
)

// A mapped is what a process has mapped of index files; nothing where the
// system doesn't tell as Linux does.
type mapped struct{ files, bytes int64 }

// mappedOf returns what is mapped of the index files in a folder, also of files
// that were removed meanwhile.
func mappedOf(folder string) (m mapped) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return mapped{}
	}
	for line := range strings.Lines(string(maps)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), " (deleted)")
		if !strings.Contains(line, " "+folder) || !strings.HasSuffix(line, ".sndx") {
			continue
		}
		var from, to int64
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			continue
		}
		m.files++
		m.bytes += to - from
	}
	return m
}
