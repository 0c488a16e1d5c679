package explore

// A kind is what a step does.
type kind uint8

const (
	idle    kind = iota
	load         // of the newest entry in the thread's own buffer, or of memory
	store        // into the buffer
	swap         // a locked instruction, an atomic store among them
	lock         // of a mutex, when it is free
	tryLock      // of a mutex, which may fail
	unlock       // of a mutex
	call         // of membarrier
	finish       // its return, after a fence on each other thread
	wait         // until something changes that the thread has read
	drain        // of the oldest entry of a buffer into memory
	fence        // of a membarrier on a thread
)

var kinds = [...]string{"idle", "load", "store", "swap", "lock", "try lock", "unlock", "membarrier", "membarrier returns", "wait", "drain", "fence"}

func (k kind) String() string { return kinds[k] }

// locked reports whether a step waits until the thread's buffer is empty.
func (k kind) locked() bool { return k >= swap && k <= call }

// writes reports whether a step may change memory that others read.
func (k kind) writes() bool { return k >= swap && k <= unlock || k == drain }

// hidden reports whether a step commutes with whatever other threads and their
// buffers do.
func (k kind) hidden() bool { return k == store || k == call || k == finish || k == fence }

// An event is a step that was taken.
type event struct {
	actor  actor
	number uint16 // among the actor's
	clock  clock  // what comes before it, itself included
	kind   kind
	addr   uintptr
	value  uint64    // that was loaded or stored, for stories
	where  []uintptr // its callers, while a story is told
}
