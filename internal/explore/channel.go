package explore

import "unsafe"

// Close closes a channel that threads wait for.
func Close(c chan struct{}) {
	Touch(of(c))
	close(c)
}

// Closed waits until a channel is closed. Outside of executions the caller
// waits itself.
func Closed(c <-chan struct{}) {
	for Running() {
		announce(load, *(*unsafe.Pointer)(unsafe.Pointer(&c)))
		select {
		case <-c:
			return
		default:
			Wait()
		}
	}
}

// of returns what a channel stands at.
func of(c chan struct{}) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&c)) }
