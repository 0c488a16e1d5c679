package mechanism

import "hazptr/tools/internal/program"

// A Type is an entry of the table.
type Type struct {
	Name string
	Text string // what it is, in one sentence

	// New makes the mechanism around head.
	New func(head *Object) Mechanism

	// Kernel holds what a read costs in the Linux kernel on x86, in ns by the
	// number of readers, as measured by its refscale for the patches that
	// proposed hazard pointers there; nil where they have no figure.
	Kernel map[int]float64
}

// Table returns all types, in the order in which they are shown.
func Table() Types {
	return Types{
		{Name: "load", New: made[load],
			Text: "an atomic.Pointer load and a dereference: the limit. Nothing says when the old object ends"},
		{Name: "hazptr", New: made[holders], Kernel: map[int]float64{1: 8.6, 8: 8.4, 32: 8.6},
			Text: "one hazptr.Holder a reader: Protect, dereference, Clear. The old object is retired"},
		{Name: "hazptr-guard", New: made[guards],
			Text: "a hazptr.Guard a read: Acquire, dereference, Release. The old object is retired"},
		{Name: "rcu", New: newRCU, Kernel: map[int]float64{1: 3.0, 8: 3.2, 32: 3.6},
			Text: "one rcu.Reader a reader: ReadLock, load, dereference, ReadUnlock. The old object ends in a callback, after a grace period"},
		{Name: "cachedref", New: newCachedRefs,
			Text: "one cachedref.Cache a reader: Get, dereference, Put. The old object ends when no cache has it"},
		{Name: "percpu_ref", New: newPercpuRefs, Kernel: map[int]float64{1: 7.0, 8: 10.1, 32: 9.0},
			Text: "a percpuref.Ref for each object: TryGetLive, dereference, Put. The updater kills the old one; the last Put ends the object"},
		{Name: "srcu", New: newSRCU, Kernel: map[int]float64{1: 16.8, 8: 22.5, 32: 20.2},
			Text: "srcu.Domain: ReadLock, load, dereference, ReadUnlock. The old object ends in a callback, after a grace period"},
		{Name: "gate", New: newGate,
			Text: "gate.Gate: TryEnter, load, dereference, Exit. The updater freezes the gate, and ends the old object"},
		{Name: "gate-percpu", New: newPercpuGate,
			Text: "the same with the Linux block layer's gate, built on percpuref"},
		{Name: "percpuinc", New: newPercpuinc,
			Text: "this P's counter up and down, pinned twice: the bare cost of pinning. It protects nothing"},
		{Name: "refcnt", New: made[refcnt],
			Text: "atomic reference count up and down, on the object's line. Right only for an object that something else keeps, so it ends none"},
		{Name: "refcnt-cond", New: made[refcntCond],
			Text: "reference count up unless it is zero, by compare-and-swap, and down. The last one ends the object"},
		{Name: "rwlock", New: made[rwlock],
			Text: "sync.RWMutex, read-locked. The updater locks, and then ends the old object"},
		{Name: "lock", New: made[lock],
			Text: "sync.Mutex. The updater likewise"},
		{Name: "gc", New: made[gc],
			Text: "as load. The old object is ended by runtime.AddCleanup, after a garbage collection"},
		{Name: "xsync-rbmutex", New: newRbmutex,
			Text: "RBMutex of github.com/puzpuzpuz/xsync/v4, read-locked. A reader marks one of several slots"},
		{Name: "bytedance-rwmutex", New: newShardlock,
			Text: "RWMutex of github.com/bytedance/gopkg/lang/syncx, read-locked. It is one sync.RWMutex a P"},
	}
}

// Types are some of the table's, in its order.
type Types []Type

// UnmarshalText reads names with commas between, or "all".
func (ts *Types) UnmarshalText(text []byte) (err error) {
	*ts, err = program.Select(string(text), "type", Table(), func(t Type) string { return t.Name })
	return err
}

// Names returns the types' names.
func (ts Types) Names() (names []string) {
	for _, t := range ts {
		names = append(names, t.Name)
	}
	return names
}
