package main

import "fmt"

// An arm is a way to have a file that grows: one of the programs, and the
// option of bbolt's that its users raise where a remap stops them.
type arm struct {
	*worker
	mapped size // from the start: InitialMmapSize
}

// ways is how many arms there are.
const ways = 4

// armsOf returns the original as the first arm and the patched program as the
// last. Between them the original maps more from the start: what a file doesn't
// outgrow, and what it outgrows.
func armsOf(workers []*worker, grow size) [ways]arm {
	original, patched := workers[0], workers[1]
	return [...]arm{{original, 0}, {original, 2 * grow}, {original, grow / 4}, {patched, 0}}
}

func (a arm) String() string {
	if a.mapped == 0 {
		return a.Name
	}
	return fmt.Sprintf("%s, InitialMmapSize %v", a.Name, a.mapped)
}
