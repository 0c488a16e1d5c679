package main

import (
	"fmt"

	"hazptr/tools/internal/mortal"
)

// An event is something that a reader did.
type event struct {
	step   int
	what   string
	place  int // cell, or hand
	object *mortal.Object
	life   uint64 // as it was read then
	age    int
}

// A history has a reader's last events.
type history struct {
	events [24]event
	n      int
}

func (h *history) add(e event) {
	h.events[h.n%len(h.events)] = e
	h.n++
}

// protects adds that a reader protects an object, before it looks at it: the
// look may be a fault.
func (h *history) protects(e event, reader int) {
	h.add(e)
	e.object.Enter(reader)
	last := &h.events[(h.n-1)%len(h.events)]
	last.life, last.age = e.object.Life(), e.object.Age()
}

func (h *history) lines() (lines []string) {
	for i := max(0, h.n-len(h.events)); i < h.n; i++ {
		e := h.events[i%len(h.events)]
		line := fmt.Sprintf("step %d: %s %d", e.step, e.what, e.place)
		if e.object != nil {
			line += fmt.Sprintf(": %p", e.object)
		}
		if e.life != 0 {
			line += fmt.Sprintf(", life %d, age %d", e.life, e.age)
		}
		lines = append(lines, line)
	}
	return lines
}
