package hazptr

import "container/heap"

// numbers hands out numbers from 1 on, the lowest free one first.
type numbers struct {
	free lowestFirst
	most int // that was ever handed out
}

func (n *numbers) take() int {
	if len(n.free) == 0 {
		n.most++
		return n.most
	}
	return heap.Pop(&n.free).(int)
}

func (n *numbers) put(number int) { heap.Push(&n.free, number) }

// unused reports whether all numbers are free.
func (n *numbers) unused() bool { return len(n.free) == n.most }

// lowestFirst is a heap.
type lowestFirst []int

func (h lowestFirst) Len() int           { return len(h) }
func (h lowestFirst) Less(i, j int) bool { return h[i] < h[j] }
func (h lowestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *lowestFirst) Push(number any)   { *h = append(*h, number.(int)) }

func (h *lowestFirst) Pop() any {
	last := len(*h) - 1
	number := (*h)[last]
	*h = (*h)[:last]
	return number
}
