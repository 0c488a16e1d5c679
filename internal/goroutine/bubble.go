package goroutine

import (
	"bytes"
	"runtime"
	"strconv"
	"time"
)

// Bubbled reports whether the caller is in a bubble of testing/synctest, whose
// channels a goroutine outside it must not close. The runtime gives no
// monotonic reading of the clock there, and everywhere else one for all times
// from 1885 to 2157.
func Bubbled() bool {
	now := time.Now()
	return now == now.Round(0)
}

// Bubble returns the number of the bubble that the caller is in, which no other
// bubble of the process has, or 0. In a bubble it takes some microseconds.
func Bubble() int {
	if !Bubbled() {
		return 0
	}
	var text [128]byte
	first, _, _ := bytes.Cut(text[:runtime.Stack(text[:], false)], []byte("]"))
	_, digits, _ := bytes.Cut(first, []byte("synctest bubble "))
	number, err := strconv.Atoi(string(digits))
	if err != nil {
		panic("goroutine: a traceback in a bubble begins with " + strconv.Quote(string(first)))
	}
	return number
}
