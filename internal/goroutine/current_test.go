package goroutine

import (
	"runtime"
	"testing"
)

// Goroutines that exist at the same time have different numbers, and each
// keeps its own while its stack moves and it changes threads.
func TestCurrent(t *testing.T) {
	const goroutines = 100
	numbers, leave := make(chan uintptr), make(chan struct{})
	for range goroutines {
		go func() {
			number := Current()
			for range 10 {
				runtime.Gosched()
			}
			if deep(100) != number {
				number = 0
			}
			numbers <- number
			<-leave
		}()
	}
	seen := map[uintptr]bool{Current(): true}
	for range goroutines {
		number := <-numbers
		if number == 0 || seen[number] {
			t.Errorf("%#x is of no goroutine, of two, or has changed", number)
		}
		seen[number] = true
	}
	close(leave)
}

// deep makes the stack grow.
func deep(depth int) uintptr {
	var space [1 << 10]byte
	if depth > 0 {
		return deep(depth-1) + uintptr(space[depth])
	}
	return Current()
}
