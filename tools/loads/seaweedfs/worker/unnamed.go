package main

import (
	"os"
	"path/filepath"
	"strings"
)

// unnamed returns the bytes of files in a folder that have no name any more and
// are still open; 0 where the system doesn't tell as Linux does.
func unnamed(dir string) (total int64) {
	const descriptors = "/proc/self/fd"
	entries, err := os.ReadDir(descriptors)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		name := filepath.Join(descriptors, e.Name())
		target, err := os.Readlink(name)
		if err != nil || !strings.HasPrefix(target, dir) || !strings.HasSuffix(target, " (deleted)") {
			continue
		}
		if info, err := os.Stat(name); err == nil {
			total += info.Size()
		}
	}
	return total
}
