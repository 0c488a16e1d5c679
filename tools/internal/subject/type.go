package subject

import (
	"fmt"
	"strings"
)

// A Type is an entry of the table.
type Type struct {
	Name   string
	Text   string // what is tortured, in one sentence
	New    func(Config) Subject
	Stalls bool // it reports readers that stay
	Waits  bool // a reader that stays holds up other objects' ends
}

// Table returns all types, in the order in which they are shown.
func Table() []Type {
	return []Type{
		{Name: "hazptr", New: newHolders, Stalls: true,
			Text: "Holders; Retire, Pointer.Replace and Synchronize, Barrier, Flush"},
		{Name: "hazptr-guard", New: newGuards, Stalls: true,
			Text: "Guards, some shared, some released by other goroutines; the same updaters"},
		{Name: "hazptr-inline", New: newInline, Stalls: true,
			Text: "Holders and Guards; Retire with Config.ReclaimInline and small bounds"},
		{Name: "hazptr-sync", New: newSynchronized,
			Text: "Holders and Guards; Synchronize alone"},
		{Name: "hazptr-keep", New: newKept, Stalls: true,
			Text: "objects found under rcu and kept by Guards; retired after a grace period"},
		{Name: "percpu_ref", New: newPercpu,
			Text: "a percpuref.Ref for each object: Kill, switches of mode, Resurrect"},
		{Name: "rcu", New: newRCU, Stalls: true, Waits: true,
			Text: "rcu.Readers; Call, Synchronize, cookies, Barrier"},
		{Name: "srcu", New: newSRCU, Waits: true,
			Text: "srcu sections, some ended by other goroutines; Call, Synchronize, cookies, Barrier"},
		{Name: "cachedref", New: newCached,
			Text: "a cachedref.Ref for each object, a Cache for each reader"},
		{Name: "gate", New: newGate, Waits: true,
			Text: "a gate.Gate; objects are replaced while it is frozen"},
		{Name: "live", New: newValues,
			Text: "a live.Value for each cell, Leases; Store, Reload, Drain"},
		{Name: "mapped", New: newFiles, Waits: true,
			Text: "a mapped.Parsed for each cell, Views and Do; files replaced by rename, some of them refused, Reload, Drain"},
	}
}

// Named returns the type of that name.
func Named(name string) (Type, error) {
	var names []string
	for _, t := range Table() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Type{}, fmt.Errorf("unknown type %q; the types are %s", name, strings.Join(names, ", "))
}
