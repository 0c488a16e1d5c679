package linger

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestUntil(t *testing.T) {
	if !Until(func() bool { return true }) {
		t.Error("what is over is waited for")
	}
	// A twentieth of the time, and what was saved up.
	begun, lingered := time.Now(), time.Duration(0)
	for time.Since(begun) < 200*time.Millisecond {
		before := time.Now()
		if Until(func() bool { return false }) {
			t.Fatal("what is not over is")
		}
		lingered += time.Since(before)
		time.Sleep(100 * time.Microsecond)
	}
	t.Logf("lingered for %v in %v", lingered, time.Since(begun))
	// On a machine that is busy with other things a look may take long, and is paid for.
	for end := time.Now().Add(30 * time.Second); ; {
		looks := 0
		time.Sleep(share * Most)
		if Until(func() bool { looks++; return looks == 3 }) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it was over at the third look")
		}
	}
}

// What may be lingered grows by a twentieth of the time, up to Most.
func TestGrant(t *testing.T) {
	var paid atomic.Int64
	now := time.Hour
	for _, c := range []struct{ after, want time.Duration }{
		{0, Most}, {0, 0}, {share * least / 2, 0}, {share * least, least * 3 / 2}, {share * 100 * time.Microsecond, 100 * time.Microsecond}, {time.Hour, Most}, {0, 0},
	} {
		now += c.after
		if got := grant(&paid, now); got != c.want {
			t.Errorf("%v later: %v, want %v", c.after, got, c.want)
		}
	}
	paid.Add(share * int64(time.Second)) // somebody was not woken in time
	if got := grant(&paid, now+19*time.Second); got != 0 {
		t.Errorf("%v is granted, and more is owed", got)
	}
}

// A clock that stands still ends nothing, but the looks are counted.
func TestUntilEnds(t *testing.T) {
	time.Sleep(share * Most)
	done := make(chan bool)
	go func() { done <- Until(func() bool { return false }) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
}
