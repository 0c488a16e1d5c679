package faulty

import "hazptr/internal/goexit"

// An Outcome is how a call has ended. The zero Outcome is a return.
type Outcome struct {
	Goexit   bool
	Panicked any
}

// Try calls f on a goroutine of its own.
func Try(f func()) (o Outcome) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { o = Outcome{goexit.UnderWay(), recover()} }()
		f()
	}()
	<-done
	return o
}
