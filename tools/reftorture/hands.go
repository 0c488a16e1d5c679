package main

import (
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// hands are those of an actor that goes through structures.
type hands struct {
	*actor
	number int
	subject.Hands
	past history
	put  uint64         // nodes that it has put into the queue
	seen map[int]uint64 // of each author, the last node that it has taken out
}

func (t *torture) newHands(a *actor, number int) *hands {
	w := &hands{actor: a, number: number, Hands: t.retirer.NewHands(), seen: make(map[int]uint64)}
	a.history = w.past.lines
	return w
}

// use makes an actor a user of a structure: up to turns times it does what do
// says, and then rests one time in pauses.
func (t *torture) use(a *actor, number, turns, pauses int, do func(w *hands, c *choice)) {
	w := t.newHands(a, number)
	defer w.Close()
	for a.on(nil) {
		c := a.next()
		for range 1 + c.of(turns) {
			do(w, &c)
		}
		if c.one(pauses) {
			time.Sleep(time.Duration(c.of(100)) * time.Microsecond)
		}
	}
}

// visit looks at an object that a hand protects.
func (w *hands) visit(hand int, o *mortal.Object) {
	w.past.protects(event{step: w.steps, what: "protects with hand", place: hand, object: o}, w.number)
	w.look("node", o)
	o.Leave(w.number, 0)
}

// drain takes everything out of a structure, and counts.
func (w *hands) drain(kind string, size int64, take func(*hands) bool) {
	n := int64(0)
	for take(w) {
		n++
	}
	if n != size {
		w.fail(kind, "%d nodes are in the %s, and should be %d", n, kind, size)
	}
}

// discard ends a node that was unlinked.
func (t *torture) discard(o *mortal.Object) {
	t.unlinked(o)
	t.retirer.Retire(o, t.end)
}
