// Package bench makes the readers and the updater of one mechanism after the
// other run, and takes their time.
package bench

import (
	"time"

	"hazptr/tools/internal/way"
)

// A Config is what to measure.
type Config struct {
	Types   []way.ReadType
	Readers []int // numbers of readers
	Runs    int

	// Loops is the number of read sections of each reader in a run. Where it is
	// 0, Loops are chosen for each type and number of readers so that a run
	// takes about Section.
	Loops   int
	Section time.Duration

	Length  int           // of the list that is walked; 0 reads one object
	Delay   time.Duration // inside each read section
	Updates int           // per second
	Pin     Pin
}

// Shape returns the name of what a read section does.
func (c *Config) Shape() string {
	if c.Length > 0 {
		return "list"
	}
	return "read"
}

// Pin says which readers are pinned to CPUs, one after the other and round
// again. All are locked to threads.
type Pin string

const (
	// PinOwn pins the readers of an experiment if each has a CPU of its own.
	// With more readers than CPUs Go runs GOMAXPROCS of them at a time,
	// whichever comes next; if two of those were pinned to the same CPU,
	// another would be idle.
	PinOwn    Pin = "own"
	PinAlways Pin = "always"
	PinNever  Pin = "never"
)

// pins reports whether readers are pinned when cores can run at once.
func (p Pin) pins(readers, cores int) bool {
	return p == PinAlways || p == PinOwn && readers <= cores
}
