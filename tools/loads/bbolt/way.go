package main

import (
	"fmt"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

// A way to have a file that grows is one of the programs, and the option of
// bbolt's that its users raise where a remap stops them.
type way struct {
	*pair.Worker
	// From the start: InitialMmapSize, or as bbolt has it if 0.
	mapped program.Bytes
}

// wayCount is how many ways there are.
const wayCount = 4

// waysOf returns the original as the first way and the patched program as the
// last. Between them the original maps more from the start: what a file doesn't
// outgrow, and what it outgrows.
func waysOf(workers []*pair.Worker, grow program.Bytes) [wayCount]way {
	original, patched := workers[0], workers[1]
	return [...]way{{original, 0}, {original, 2 * grow}, {original, grow / 4}, {patched, 0}}
}

func (w way) String() string {
	if w.mapped == 0 {
		return w.Name
	}
	return fmt.Sprintf("%s, InitialMmapSize %v", w.Name, w.mapped)
}
