package grace

import (
	"testing"
	"time"
)

// Await asks at first, and again when the Notice is given, however often that
// was.
func TestNotice(t *testing.T) {
	n := NewNotice()
	for _, gives := range []int{0, 1, 5} {
		for range gives {
			n.Give()
		}
		asked, ended := make(chan int), make(chan bool)
		go func() {
			looks := 0
			ended <- n.Await(func() bool { looks++; asked <- looks; return looks == 3 }, nil, 0)
		}()
		<-asked
		if gives > 0 {
			<-asked
		} else {
			n.Give()
			<-asked
		}
		select {
		case <-asked:
			t.Fatal("it asks unasked")
		case <-time.After(time.Millisecond):
		}
		n.Give()
		<-asked
		if !<-ended {
			t.Error("it has given up")
		}
	}
	unwanted := make(chan struct{})
	close(unwanted)
	if n.Await(func() bool { return false }, unwanted, 0) {
		t.Error("true, and readers are inside")
	}
	if !n.Await(func() bool { return true }, unwanted, 0) {
		t.Error("false, though no reader is inside")
	}
	looks := 0
	if !n.Await(func() bool { looks++; return looks == 3 }, nil, time.Microsecond) {
		t.Error("it has given up")
	}
}
