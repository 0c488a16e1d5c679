package explore

import (
	"fmt"
	"iter"
	"runtime"
	"unsafe"
)

// A Thread is one thread of a Scenario. It is a coroutine: it runs until it
// announces its next step, and goes on when the explorer has chosen the step.
type Thread struct {
	id    actor
	x     *explorer
	body  func()
	spare bool // for go statements

	next  func() (struct{}, bool) // runs it up to its next step
	pause func(struct{}) bool

	// The step that it has announced.
	kind  kind
	addr  uintptr
	value uint64 // of a store; 1 where tryLock has got the lock
	entry entry  // of a store
	where []uintptr

	ended   bool
	buffer  []entry
	reads   []reading // since its last wait
	changed bool      // something did between two of these reads

	owed  set   // in a membarrier: the threads that have had no fence yet
	after clock // of the fences that there were
}

// An entry is a store in a buffer.
type entry struct {
	addr  unsafe.Pointer
	value uint64
	size  uint8          // 0 is a pointer, else bytes
	ptr   unsafe.Pointer // the value, where it is a pointer
	clock clock          // of the store
}

// A reading is the state of a location when the thread last read it.
type reading struct {
	addr    uintptr
	version int
}

// current is the thread that runs. It is nil outside of executions, where
// everything is what it is in a build without an explorer.
var current *Thread

// begin makes the coroutine, which runs the body of the thread again and again.
func (t *Thread) begin() {
	t.next, _ = iter.Pull(func(pause func(struct{}) bool) {
		t.pause = pause
		for {
			t.kind, t.ended = idle, true
			if !pause(struct{}{}) {
				return
			}
			t.run()
		}
	})
	t.next()
}

func (t *Thread) run() {
	defer func() {
		if r := recover(); r != nil && r != (abandoned{}) {
			t.x.fail(fmt.Sprintf("thread %d panics: %v", t.id, r))
		}
	}()
	t.body()
}

// reset has the thread begin anew. A spare one waits for a go statement.
func (t *Thread) reset() {
	t.buffer, t.reads, t.owed, t.changed = t.buffer[:0], t.reads[:0], 0, true
	t.ended = t.spare
	if t.spare {
		t.body = nil
	}
}

// started reports whether there is something that the thread runs, or has run.
func (t *Thread) started() bool { return t.body != nil }

// fail ends the execution. The thread stays where it is.
func (t *Thread) fail(why string) {
	t.x.fail(fmt.Sprintf("thread %d: %s", t.id, why))
	t.pause(struct{}{})
}

// goOn lets the thread run up to its next step, or its end.
func (t *Thread) goOn() {
	before := current
	current = t
	t.next()
	current = before
}

// step announces a step, and returns when the explorer has taken it, or has
// chosen the thread to take it.
func (t *Thread) step(k kind, addr uintptr) {
	if t.x.ending {
		panic(abandoned{}) // in a deferred function
	}
	t.kind, t.addr = k, addr
	if t.x.telling {
		t.where = make([]uintptr, 16)
		t.where = t.where[:runtime.Callers(2, t.where)]
	}
	t.pause(struct{}{})
	if t.x.ending {
		panic(abandoned{})
	}
}

// abandoned is the panic that ends a thread that nothing lets go on.
type abandoned struct{}

// buffered returns the newest entry for an address, or nil.
func (t *Thread) buffered(addr unsafe.Pointer) *entry {
	for i := len(t.buffer) - 1; i >= 0; i-- {
		if t.buffer[i].addr == addr {
			return &t.buffer[i]
		}
	}
	return nil
}

// hasRead takes note of a read.
func (t *Thread) hasRead(addr uintptr, version int) {
	for i := range t.reads {
		if r := &t.reads[i]; r.addr == addr {
			// The older one stays: what the thread has seen to change may be
			// what it waits for.
			t.changed = t.changed || r.version != version
			return
		}
	}
	t.reads = append(t.reads, reading{addr, version})
}

// knowsOf reports whether the thread has read a location since its last wait.
func (t *Thread) knowsOf(addr uintptr) bool {
	for _, r := range t.reads {
		if r.addr == addr {
			return true
		}
	}
	return false
}
