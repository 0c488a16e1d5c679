package main

import (
	"os"
	"strings"
)

// mapped counts the mappings of these editions that the kernel knows of; ok is
// false where it can't be asked.
func mapped(editions []edition) (n int, ok bool) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(maps)) {
		for _, e := range editions {
			if strings.HasSuffix(line, " "+e.path+"\n") {
				n++
			}
		}
	}
	return n, true
}
