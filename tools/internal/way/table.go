package way

import "hazptr/tools/internal/program"

// A ReadType is an entry of refscale's table.
type ReadType struct {
	Name string
	Text string // what it is, in one sentence

	// New makes the mechanism around head.
	New func(head *Object) Mechanism

	// Kernel holds what a read costs in the Linux kernel on x86, in ns by the
	// number of readers, as measured by its refscale for the patches that
	// proposed hazard pointers there; nil where they have no figure.
	Kernel map[int]float64
}

// ReadTypes are some of refscale's types, in its table's order.
type ReadTypes = Types[ReadType]

// Reads returns all types of refscale, in the order in which they are shown.
func Reads() ReadTypes {
	return ReadTypes{
		{Name: "load", New: around(newSwap),
			Text: "an atomic.Pointer load and a dereference: the limit. Nothing says when the old object ends"},
		{Name: "hazptr", New: around(newRetired), Kernel: map[int]float64{1: 8.6, 8: 8.4, 32: 8.6},
			Text: "one hazptr.Holder a reader: Protect, dereference, Clear. The old object is retired"},
		{Name: "hazptr-guard", New: around(newGuarded),
			Text: "a hazptr.Guard a read: Acquire, dereference, Release. The old object is retired"},
		{Name: "hazptr-do", New: newDone,
			Text: "Do of a hazptr.Pointer: a Guard, a call of the function, a dereference there. The old object is retired"},
		{Name: "rcu", New: around(newRCUCall), Kernel: map[int]float64{1: 3.0, 8: 3.2, 32: 3.6},
			Text: "one rcu.Reader a reader: ReadLock, load, dereference, ReadUnlock. The old object ends in a callback, after a grace period"},
		{Name: "rcu-keep", New: around(newKept),
			Text: "the same with a hazptr.Guard of the object that is found last: ReadLock, load, Keep, ReadUnlock, dereference, Release. After a grace period the old object is retired"},
		{Name: "pass-the-buck", New: around(newPassTheBuck),
			Text: "one guard a reader of Pass the Buck, the algorithm of Herlihy, Luchangco and Moir (2002): post, dereference, clear. The old object ends when an update finds that no guard traps it"},
		{Name: "cachedref", New: newCachedRefs,
			Text: "one cachedref.Cache a reader: Get, dereference, Put. The old object ends when no cache has it"},
		{Name: "percpu_ref", New: around(newPercpuRefs), Kernel: map[int]float64{1: 7.0, 8: 10.1, 32: 9.0},
			Text: "a percpuref.Ref for each object: TryGetLive, dereference, Put. The updater kills the old one; the last Put ends the object"},
		{Name: "srcu", New: around(newSRCUCall), Kernel: map[int]float64{1: 16.8, 8: 22.5, 32: 20.2},
			Text: "srcu.Domain: ReadLock, load, dereference, ReadUnlock. The old object ends in a callback, after a grace period"},
		{Name: "gate", New: newGate,
			Text: "gate.Gate: TryEnter, load, dereference, Exit. The updater freezes the gate, and ends the old object"},
		{Name: "gate-percpu", New: newPercpuGate,
			Text: "the same with the Linux block layer's gate, built on percpuref"},
		{Name: "percpuinc", New: newPercpuinc,
			Text: "this P's counter up and down, pinned twice: the bare cost of pinning. It protects nothing"},
		{Name: "refcnt", New: newBlindRefcnt,
			Text: "atomic reference count up and down, on the object's line. Right only for an object that something else keeps, so it ends none"},
		{Name: "refcnt-cond", New: around(newRefcnt),
			Text: "reference count up unless it is zero, by compare-and-swap, and down. The last one ends the object"},
		{Name: "rwlock", New: around(newRwlock),
			Text: "sync.RWMutex, read-locked. The updater locks, and then ends the old object"},
		{Name: "lock", New: newLock,
			Text: "sync.Mutex. The updater likewise"},
		{Name: "gc", New: around(newGC),
			Text: "as load. The old object is ended by runtime.AddCleanup, after a garbage collection"},
		{Name: "xsync-rbmutex", New: newRbmutex,
			Text: "RBMutex of github.com/puzpuzpuz/xsync/v4, read-locked. A reader marks one of several slots"},
		{Name: "bytedance-rwmutex", New: newShardlock,
			Text: "RWMutex of github.com/bytedance/gopkg/lang/syncx, read-locked. It is one sync.RWMutex a P"},
	}
}

// An UpdateType is an entry of updatescale's table.
type UpdateType struct {
	Name string
	Text string // what it is, in one sentence
	When When
	New  func(Config) Ending

	// Fence says that an update makes a fence and ends nothing: it is done when
	// the fence is, whether or not a reader has left the object.
	Fence bool

	Waits   bool // an update returns when its object has ended
	Whole   bool // a reader that stays holds up all objects, whichever it has
	Barrier bool // Ending.Wait is a Barrier, which waits for readers that stay
}

// UpdateTypes are some of updatescale's types, in its table's order.
type UpdateTypes = Types[UpdateType]

// Updates returns all types of updatescale, in the order in which they are
// shown. The last one is no way to end objects.
func Updates() UpdateTypes {
	return UpdateTypes{
		{Name: "hazptr-retire", New: newRetired, Barrier: true,
			Text: "hazptr.RetireIn, in a Domain of its own. Readers have Holders"},
		{Name: "hazptr-inline", New: newInline, Barrier: true,
			Text: "the same with Config.ReclaimInline: the updater scans and reclaims what it can"},
		{Name: "hazptr-again", New: newAgain, Barrier: true,
			Text: "as hazptr-retire, with Holders that protect again and again and are not cleared"},
		{Name: "hazptr-synchronize", New: newSynchronized, Waits: true,
			Text: "hazptr.Synchronize, and the updater ends the object"},
		{Name: "hazptr-barrier", New: newBarriered, Waits: true,
			Text: "hazptr.RetireIn, and the Domain's Barrier after each"},
		{Name: "pass-the-buck", New: newPassTheBuck, When: ByUpdates,
			Text: "Pass the Buck, of Herlihy, Luchangco and Moir (2002). Readers have guards. An update ends what no guard traps, and hands the rest over to the guards for a later one"},
		{Name: "rcu-call", New: newRCUCall, Whole: true, Barrier: true,
			Text: "rcu.Domain's Call. Readers have rcu.Readers"},
		{Name: "rcu-synchronize", New: newRCUSynchronize, Whole: true, Waits: true,
			Text: "rcu.Domain's Synchronize, and the updater ends the object"},
		{Name: "srcu-call", New: newSRCUCall, Whole: true, Barrier: true,
			Text: "srcu.Domain's Call"},
		{Name: "srcu-synchronize", New: newSRCUSynchronize, Whole: true, Waits: true,
			Text: "srcu.Domain's Synchronize, and the updater ends the object"},
		{Name: "percpu_ref-kill", New: newPercpuRefs,
			Text: "a percpuref.Ref for each object, made with the new one. The updater kills the old one's; the last Put ends it"},
		{Name: "refcnt", New: newRefcnt,
			Text: "atomic reference count in the object, which readers take unless it is zero. The last one that is dropped ends the object"},
		{Name: "refcnt-go", New: newStartingRefcnt,
			Text: "the same, but the last one that is dropped starts a goroutine that ends the object: what ends objects on a goroutine of its own can be no sooner than that"},
		{Name: "rwlock", New: newRwlock, Whole: true, Waits: true,
			Text: "sync.RWMutex, read-locked by readers. The updater locks, and then ends the object"},
		{Name: "gc", New: newGC, When: Collected,
			Text: "runtime.AddCleanup ends the object, after a garbage collection. Readers just load"},
		{Name: "fence", New: newFenced, When: Never, Fence: true,
			Text: "the pointer is swapped, and one heavy fence made. Nothing ends: what has to look at readers that do not write to shared memory can be no sooner than that"},
		{Name: "swap", New: newSwap, When: Never,
			Text: "the pointer is swapped and nothing ends. It is no way to end objects: it is the part of each that isn't the ending, to be subtracted"},
	}
}

// Types are some entries of a table, in its order.
type Types[T entry[T]] []T

type entry[T any] interface {
	String() string
	Table() []T
}

func (t ReadType) String() string   { return t.Name }
func (t UpdateType) String() string { return t.Name }

// Table returns the table that the type is in.
func (ReadType) Table() []ReadType     { return Reads() }
func (UpdateType) Table() []UpdateType { return Updates() }

// UnmarshalText reads names with commas between, or "all".
func (ts *Types[T]) UnmarshalText(text []byte) (err error) {
	var of T
	*ts, err = program.Select(string(text), "type", of.Table(), T.String)
	return err
}

// Names returns the types' names.
func (ts Types[T]) Names() (names []string) {
	for _, t := range ts {
		names = append(names, t.String())
	}
	return names
}
