package goroutine

import (
	"testing"
	"testing/synctest"
)

func TestBubble(t *testing.T) {
	if Bubbled() || Bubble() != 0 {
		t.Fatal("in a bubble at first")
	}
	numbers := map[int]bool{}
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			n := Bubble()
			if !Bubbled() || n == 0 {
				t.Error("not in a bubble")
			}
			other := make(chan int)
			go func() { other <- Bubble() }()
			if <-other != n {
				t.Error("two goroutines of one bubble are in two")
			}
			numbers[n] = true
		})
	}
	if len(numbers) != 3 {
		t.Errorf("3 bubbles have %d numbers", len(numbers))
	}
}
