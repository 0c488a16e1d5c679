package grace

import (
	"testing"
	"time"
)

func TestPoll(t *testing.T) {
	for _, after := range []int{0, 1, 5, 20} {
		looks := 0
		if !Poll(func() bool { looks++; return looks > after }, func() bool { return true }) || looks != after+1 {
			t.Errorf("quiescent after %d looks: it looked %d times", after, looks)
		}
	}
	unwanted := time.Now().Add(5 * time.Millisecond)
	if Poll(func() bool { return false }, func() bool { return time.Now().Before(unwanted) }) {
		t.Error("true, and readers are inside")
	}
	if !Poll(func() bool { return true }, func() bool { return false }) {
		t.Error("what nobody wants to know is known all the same")
	}
}
