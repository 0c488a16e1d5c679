package main

import (
	"fmt"
	"runtime"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// A reader protects objects in many ways and looks whether they stay as they
// are.
type reader struct {
	*actor
	number int
	subject.Reader
	held  []*mortal.Object
	begun []int64 // objects that had ended at the beginning of each protection
	past  history
	sum   uint64
	own   tally // what it has not shown yet
}

// A tally counts protections.
type tally struct {
	pipe  [ages]int64 // by the age of the object at the end
	batch [ages]int64 // by the number of objects that ended meanwhile
}

func (t *tally) add(other *tally) {
	for i := range t.pipe {
		t.pipe[i] += other.pipe[i]
		t.batch[i] += other.batch[i]
	}
}

// ages is how many ages are told apart; the last is that one and all above it.
const ages = 11

func (t *torture) newReader(a *actor, number int) *reader {
	r := &reader{actor: a, number: number, Reader: t.subject.NewReader()}
	a.history = r.past.lines
	return r
}

// read makes an actor a reader until its scene is over for good, or for so many
// steps.
func (t *torture) read(a *actor, number, steps int) {
	r := t.newReader(a, number)
	defer r.show()
	for i := 0; i != steps && a.on(r.Rest); i++ {
		r.step()
		r.show()
	}
	r.Close()
}

// show lets others see what has been counted.
func (r *reader) show() {
	r.t.shown.Lock()
	defer r.t.shown.Unlock()
	r.t.shown.add(&r.own)
	r.own = tally{}
}

func (r *reader) step() {
	c := r.next()
	if c.one(2) {
		r.burst(&c)
		return
	}
	depth := 1
	if r.Nests() && c.one(4) {
		depth += 1 + c.of(subject.MaxNest-1)
	}
	kind, length := c.of(1024), c.of(1<<10)
	detach := c.one(16)
	cells := c
	for range depth {
		r.enter(cells.of(r.t.Cells))
	}
	r.delay(kind, length)
	for _, o := range r.held {
		if o != nil {
			r.look("object", o)
		}
	}
	for len(r.held) > 0 {
		if detach && r.detach(length) {
			continue
		}
		r.leave(r.letter())
	}
}

// burst reads one cell again and again. Its stores are held up sometimes, and
// sometimes it keeps the object for a microsecond or so: what the heavy fence
// is for happens then.
func (r *reader) burst(c *choice) {
	cell, n, keep, cold := c.of(r.t.Cells), 1+c.of(1024), c.of(64), c.one(2)
	if c.one(8) {
		keep *= 64
	}
	if cold {
		n /= 16
	}
	at := uint64(*c)
	for range n {
		if cold {
			at = r.t.late.stores(at)
		}
		r.enter(cell)
		o := r.held[0]
		if o != nil {
			r.stare(o, keep)
		}
		r.leave(0) // a letter would drain the stores
		if r.t.stop.Load() {
			return
		}
	}
}

// stare reads an object's words again and again. They must not change.
//
//go:noinline
func (r *reader) stare(o *mortal.Object, n int) {
	life := o.Life()
	for range n {
		if o.Life() != life {
			r.fail(kindEnded, "the object at %p was life %d, and now is %d", o, life, o.Life())
			return
		}
	}
	r.look("object", o)
}

func (r *reader) enter(cell int) {
	r.begun = append(r.begun, r.t.ended.Load())
	o := r.Enter(cell)
	r.held = append(r.held, o)
	if o == nil {
		r.past.add(event{step: r.steps, what: "finds nothing in cell", place: cell})
		return
	}
	r.past.protects(event{step: r.steps, what: "protects cell", place: cell, object: o}, r.number)
	r.look("object", o)
	if o.Author >= 0 {
		if n := r.t.letters[o.Author].Load(); n < o.Letter {
			r.fail(kindMailbox, "reader %d had written letter %d before an object ended that was there before this one, which has letter %d", o.Author, o.Letter, n)
		}
	}
}

// last forgets the last protection, and counts it.
func (r *reader) last() *mortal.Object {
	n := len(r.held) - 1
	o := r.held[n]
	r.held = r.held[:n]
	if o != nil {
		r.own.pipe[min(o.Age(), ages-1)]++
		r.own.batch[min(r.t.ended.Load()-r.begun[n], ages-1)]++
	}
	r.begun = r.begun[:n]
	return o
}

// letter is the number of a new letter, which every reader after this
// protection must see.
func (r *reader) letter() uint64 {
	l := &r.t.letters[r.number]
	n := l.Load() + 1
	l.Store(n)
	return n
}

func (r *reader) leave(letter uint64) {
	if o := r.last(); o != nil {
		o.Leave(r.number, letter)
		r.past.add(event{step: r.steps, what: "leaves, with level", place: len(r.held), object: o})
	}
	r.Leave()
}

// detach gives the last protection to another goroutine, if that can be.
func (r *reader) detach(length int) bool {
	o := r.held[len(r.held)-1]
	if o != nil {
		o.Detach()
	}
	leave := r.Detach()
	if leave == nil {
		if o != nil {
			o.Attached()
		}
		return false
	}
	if r.last(); o != nil {
		o.Leave(r.number, 0)
	}
	r.past.add(event{step: r.steps, what: "gives away level", place: len(r.held), object: o})
	r.t.strange(leave, o, time.Duration(length)*time.Microsecond/4)
	return true
}

// delay spends some time.
func (r *reader) delay(kind, length int) {
	switch {
	case kind < 640:
	case kind < 850:
		r.t.spin(time.Duration(length) * 2 * time.Nanosecond)
	case kind < 920:
		r.t.spin(time.Duration(length) * 50 * time.Nanosecond)
	case kind < 970:
		runtime.Gosched()
	case kind < 990:
		time.Sleep(time.Duration(length) * time.Microsecond / 4)
	case kind < 1000:
		loseP(time.Duration(length) * time.Microsecond / 4)
	case kind < 1010:
		r.sum += grow(length%64, r.sum)
	case kind < 1015:
		runtime.LockOSThread()
		runtime.Gosched()
		runtime.UnlockOSThread()
	case kind < 1022:
		done := make(chan struct{})
		go close(done)
		<-done
	default:
		time.Sleep(time.Duration(length) * 20 * time.Microsecond)
	}
}

// grow makes the stack grow, and be copied.
//
//go:noinline
func grow(depth int, x uint64) uint64 {
	var frame [128]uint64
	for i := range frame {
		frame[i] = x + uint64(i)
	}
	if depth > 0 {
		x += grow(depth-1, frame[depth%128])
	}
	return x + frame[(depth*7)%128]
}

// strange has another goroutine end a protection that a reader has begun. The
// goroutine is of no scene: the stage is empty when it has left.
func (t *torture) strange(leave func(), o *mortal.Object, pause time.Duration) {
	t.act("stranger", 0, func(a *actor) {
		time.Sleep(pause)
		if o != nil {
			a.look("handed-over object", o)
			o.Attached()
		}
		leave()
	})
}

// name returns the name of an actor of which there are several.
func name(what string, n int) string { return fmt.Sprintf("%s %d", what, n) }
