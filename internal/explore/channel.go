package explore

import "unsafe"

// What a channel holds is a location: its state changes under the lock of the
// runtime, at once for all.

// Close closes a channel that threads wait for.
func Close(c chan struct{}) {
	Change(c)
	close(c)
}

// Closed waits until a channel is closed. Outside of executions the caller
// waits itself.
func Closed(c <-chan struct{}) {
	for Running() {
		announce(load, at(c))
		select {
		case <-c:
			return
		default:
			Wait()
		}
	}
}

// Change is called before a channel is closed.
func Change(c chan struct{}) { Touch(at(c)) }

// Offer is called before something is sent that is not waited with: a full
// channel is left alone, without a locked instruction.
func Offer(c chan struct{}) {
	if Len(c) < cap(c) {
		Change(c)
	}
}

// Len returns how many there are in a channel.
func Len(c chan struct{}) int {
	announce(load, at(c))
	return len(c)
}

// RestOr is a rest that what comes by a channel ends, too. It returns false, at
// once, outside of executions.
func RestOr(c chan struct{}) bool {
	if !Running() {
		return false
	}
	switch t := current; {
	case Len(c) > 0:
	case t.x.scenario.Untimed:
		t.reads = t.reads[:0] // but for the channel, nothing is waited for
		for Len(c) == 0 {
			Wait()
		}
	default:
		Rest()
	}
	if Len(c) > 0 {
		Change(c)
		<-c
	}
	return true
}

// at returns where the channel stands.
func at(c <-chan struct{}) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&c)) }
