package main

// A kind of I/O.
type kind int

const (
	empty kind = iota
	small
	mixed
	kindCount
)

func (k kind) String() string {
	return [kindCount]string{"empty", "small", "mixed"}[k]
}

// text tells what is done.
func (k kind) text() string {
	return [kindCount]string{"nothing inside", "reads of 512 bytes", "4 kB, one in four written"}[k]
}

// together is how many I/Os are timed at once. A look at the clock costs more than to enter a gate and leave it.
func (k kind) together() int64 { return [kindCount]int64{64, 1, 1}[k] }

// size is that of a block.
func (k kind) size() int { return [kindCount]int{leastBlock, 512, 4096}[k] }
