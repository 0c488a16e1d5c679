package ending

import "hazptr/tools/internal/program"

// A Type is an entry of the table.
type Type struct {
	Name string
	Text string // what it is, in one sentence
	When When
	New  func(Config) Ending
}

// Table returns all types, in the order in which they are shown. The last one
// is no way to end objects.
func Table() Types {
	return Types{
		{Name: "hazptr-retire", New: newRetired,
			Text: "hazptr.RetireIn, in a Domain of its own. Readers have Holders"},
		{Name: "hazptr-inline", New: newInline,
			Text: "the same with Config.ReclaimInline: the updater scans and reclaims what it can"},
		{Name: "hazptr-synchronize", New: newSynchronized,
			Text: "hazptr.Synchronize, and the updater ends the object"},
		{Name: "hazptr-barrier", New: newBarriered,
			Text: "hazptr.RetireIn, and the Domain's Barrier after each"},
		{Name: "rcu-call", New: maker(newRCU).called,
			Text: "rcu.Domain's Call. Readers have rcu.Readers"},
		{Name: "rcu-synchronize", New: maker(newRCU).awaited,
			Text: "rcu.Domain's Synchronize, and the updater ends the object"},
		{Name: "srcu-call", New: maker(newSRCU).called,
			Text: "srcu.Domain's Call"},
		{Name: "srcu-synchronize", New: maker(newSRCU).awaited,
			Text: "srcu.Domain's Synchronize, and the updater ends the object"},
		{Name: "percpu_ref-kill", New: newPercpuRefs,
			Text: "a percpuref.Ref for each object, made with the new one. The updater kills the old one's; the last Put ends it"},
		{Name: "refcnt", New: newRefcnt,
			Text: "atomic reference count in the object, which readers take unless it is zero. The last one that is dropped ends the object"},
		{Name: "rwlock", New: newRwlock,
			Text: "sync.RWMutex, read-locked by readers. The updater locks, and then ends the object"},
		{Name: "gc", New: newGC, When: Collected,
			Text: "runtime.AddCleanup ends the object, after a garbage collection. Readers just load"},
		{Name: "swap", New: newSwap, When: Never,
			Text: "the pointer is swapped and nothing ends. It is no way to end objects: it is the part of each that isn't the ending, to be subtracted"},
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
